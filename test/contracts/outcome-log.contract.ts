import type { OutcomeLog } from '../../lib/ports/store.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import type { FakeOutcomeLog } from '../fakes/outcome-log.ts';

const [MONDAY, TUESDAY] = ['2026-11-23', '2026-11-24'];

type Outcomes = OutcomeLog & Pick<FakeOutcomeLog, 'list'>;

/** What every count of outcomes promises. `make` gives an empty one, and a way to read it. */
export function describeOutcomeLog(name: string, make: () => Promise<Outcomes>): void {
  describe(`counts of outcomes: ${name}`, () => {
    let outcomes: Outcomes;
    const list = async (days = [MONDAY, TUESDAY], portalId = PORTAL_A) =>
      Object.fromEntries(await outcomes.list(portalId, days));

    beforeEach(async () => {
      outcomes = await make();
    });

    it('The outcome log has none at first', async () => {
      expect(await list()).toEqual({});
    });

    it('The outcome log adds up what several containers counted on a day', async () => {
      await Promise.all([
        outcomes.add(PORTAL_A, MONDAY, { ASSIGNED: 2, FAILED: 1 }),
        outcomes.add(PORTAL_A, MONDAY, { ASSIGNED: 3, KEPT_EXISTING: 1 }),
      ]);
      expect(await list()).toEqual({ [MONDAY]: { ASSIGNED: 5, FAILED: 1, KEPT_EXISTING: 1 } });
    });

    it('The outcome log keeps days apart, and lists those that are asked for', async () => {
      await outcomes.add(PORTAL_A, MONDAY, { ASSIGNED: 1 });
      await outcomes.add(PORTAL_A, TUESDAY, { CLEARED: 1 });
      expect(await list()).toEqual({ [MONDAY]: { ASSIGNED: 1 }, [TUESDAY]: { CLEARED: 1 } });
      expect(await list([TUESDAY])).toEqual({ [TUESDAY]: { CLEARED: 1 } });
    });

    it('The outcome log takes no counts for nothing to store', async () => {
      await outcomes.add(PORTAL_A, MONDAY, {});
      expect(await list()).toEqual({});
    });

    it('The outcome log shows a portal nothing of another', async () => {
      await outcomes.add(PORTAL_A, MONDAY, { ASSIGNED: 1 });
      expect(await list([MONDAY], PORTAL_B)).toEqual({});
    });
  });
}
