declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are how long a table stays in CREATING and so on. Without `path` the data is in memory. */
  type DynaliteOptions = { createTableMs?: number; deleteTableMs?: number; updateTableMs?: number; path?: string };
  export default function dynalite(options?: DynaliteOptions): Server;
}
