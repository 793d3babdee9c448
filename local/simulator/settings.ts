import type { RateLimits } from './rate-limit.ts';

/** What may be changed while the simulator runs; the next call sees it. */
export type SimulatorSettings = {
  -readonly [Name in keyof RateLimits]: RateLimits[Name];
} & {
  /** Both forms of a property error are in use (error handling page and developer forum, read 2026-11-23). */
  errorShape: 'legacy' | 'structured';
  /** Added to every call. */
  latencyMs: number;
};
