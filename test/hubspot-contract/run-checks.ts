import type { Check } from './check.ts';
import type { Ground } from './ground.ts';
import { NotRun } from './observation.ts';

export type Result = { readonly check: Check } & (
  | { readonly kind: 'same' | 'differs'; readonly seen: string; readonly detail?: string }
  | { readonly kind: 'not run'; readonly why: string }
);

/** One check after the other, so that none sees what another one does. Never throws for what one of them meets. */
export async function runCheck(check: Check, ground: Ground): Promise<Result> {
  if ('byHand' in check) return { check, kind: 'not run', why: `by hand: ${check.byHand}` };
  try {
    const observation = await check.observe(ground);
    return { check, kind: check.accepts.includes(observation.seen) ? 'same' : 'differs', ...observation };
  } catch (error) {
    if (error instanceof NotRun) return { check, kind: 'not run', why: error.message };
    return {
      check,
      kind: 'differs',
      seen: `the check failed: ${error instanceof Error ? error.message : 'unknown fault'}`,
    };
  }
}
