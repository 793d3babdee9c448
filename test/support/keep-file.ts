import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file that several programs read, and makes its folder. Another program sees the whole file or none. */
export function keepFile(file: string, data: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}-${process.pid}`;
  writeFileSync(draft, data);
  renameSync(draft, file);
}
