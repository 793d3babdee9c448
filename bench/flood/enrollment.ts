import { decideRetry } from '../../local/simulator/retry-schedule.ts';
import type { Flood } from './flood.ts';
import type { VirtualTime } from './virtual-time.ts';

/** `RETRY`: a 5xx. */
export type Verdict = 'SUCCESS' | 'FAIL_CONTINUE' | 'RETRY';
type Ending = 'SUCCESS' | 'FAIL_CONTINUE' | 'GAVE_UP';

/** Answers one execution. What it answers after `deadline` is not heard any more. */
export type Execute<Enrolled> = (enrolled: Enrolled, deadline: number) => Promise<Verdict>;

export type Enrollment = { readonly deliveries: number; readonly endings: Readonly<Record<Ending, number>> };

/** About what HubSpot waits for an answer (developer forum 2022 to 2025, read 2026-11-23). */
export const PATIENCE_MS = 20_000;
/** HubSpot sends again for up to three days (custom workflow actions guide, read 2026-11-23). */
const RETRIED_FOR_MS = 3 * 24 * 60 * 60 * 1000;

/** Enrolls everything at the flood's pace and continues until HubSpot is done with the last execution. */
export async function enrollAll<Enrolled>(
  time: VirtualTime,
  flood: Pick<Flood, 'enrolledPerSecond' | 'spread'>,
  enrolled: readonly Enrolled[],
  execute: Execute<Enrolled>,
): Promise<Enrollment> {
  const endings: Record<Ending, number> = { SUCCESS: 0, FAIL_CONTINUE: 0, GAVE_UP: 0 };
  const random = createRandom();
  let deliveries = 0;

  function deliver(one: Enrolled): Promise<Verdict> {
    deliveries += 1;
    return new Promise((resolve, reject) => {
      const cancelPatience = time.after(PATIENCE_MS, () => resolve('RETRY'));
      execute(one, time.now() + PATIENCE_MS)
        .then(resolve, reject)
        .finally(cancelPatience);
    });
  }

  async function enroll(one: Enrolled, startsAfterMs: number): Promise<void> {
    await time.sleep(startsAfterMs);
    const firstSentAt = time.now();
    for (let attempt = 1; ; attempt += 1) {
      const verdict = await deliver(one);
      if (verdict !== 'RETRY') {
        endings[verdict] += 1;
        return;
      }
      const waitMs = backOffMs(attempt) * (1 + flood.spread * (2 * random() - 1));
      if (time.now() + waitMs > firstSentAt + RETRIED_FOR_MS) {
        endings.GAVE_UP += 1;
        return;
      }
      await time.sleep(waitMs);
    }
  }

  await Promise.all(enrolled.map((one, index) => enroll(one, (index * 1000) / flood.enrolledPerSecond)));
  return { deliveries, endings };
}

function backOffMs(attempt: number): number {
  const retry = decideRetry({ status: 503, retryAfter: undefined }, attempt);
  if (retry === undefined) throw new Error('HubSpot sends again after a 503');
  return retry.waitMs;
}

/** Numbers from 0 up to 1, the same ones in every run: a linear congruential generator (Numerical Recipes). */
function createRandom(): () => number {
  let state = 20_261_124;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
