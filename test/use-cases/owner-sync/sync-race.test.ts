import fc from 'fast-check';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { RefreshJob } from '../../../lib/domain/owner-sync.ts';
import { createOwnerCache } from '../../../lib/store/owner-cache.ts';
import { PORTAL_A, toEmail } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { makeClock } from '../../support/clock.ts';
import { ENGINES } from '../../support/dynamodb-engines.ts';
import { tellFigures } from '../../support/figures.ts';
import { runKillable } from '../../support/killable-refresh.ts';

const REFRESHERS = 20;
/** How many of them are at work at once. */
const LANES = 5;
const PEOPLE = 12;
const EMAILS = Array.from({ length: 16 }, (_, n) => toEmail(`p${n}@example.com`));

jest.setTimeout(180_000);

/** HubSpot at one moment: who has which email moves on with every version. */
function listingOf(version: number): Owner[] {
  return Array.from({ length: PEOPLE }, (_, n) =>
    makeOwner({
      id: String(n + 1),
      userId: String(n + 101),
      email: EMAILS[(n + version) % EMAILS.length],
      archived: (n + version) % 5 === 0,
    }),
  );
}

/** Who has the email. Those who had it depend on which versions were swept, and no two runs of this test agree on them. */
const presentIn = (owners: readonly Owner[], email: string) =>
  owners
    .filter((owner) => owner.email === email)
    .map(({ id, archived }) => `${id}${archived ? ' archived' : ''}`)
    .join();
/** Readers compare with it thousands of times. */
const truths = new Map<string, string>();
function truthOf(version: number, email: string): string {
  const key = `${version} ${email}`;
  const truth = truths.get(key) ?? presentIn(listingOf(version), email);
  truths.set(key, truth);
  return truth;
}

describe.each(ENGINES)('on $name', ({ name, makeTable }) => {
  it(`[R9] While ${REFRESHERS} refreshers of one account run and some are killed, no reader sees what no listing said`, async () => {
    const table = await makeTable();
    const clock = makeClock();
    const cache = createOwnerCache(table, clock.now);
    const random = fc.sample(fc.nat({ max: 60 }), { numRuns: REFRESHERS * 2, seed: 20_261_123 });
    const counts = { done: 0, killed: 0, refused: 0, continued: 0, reads: 0 };
    let version = 0;
    let running = REFRESHERS;

    /** Tries like its queue would: again after a while when another run has the portal, and on when time ran out. */
    const refresher = async (index: number) => {
      const killAtStep = index % 4 === 0 ? random[index] : undefined;
      let continued: RefreshJob | undefined;
      for (let tries = 0; tries < 200; tries += 1) {
        clock.advance(20_000);
        const listed = continued === undefined ? ++version : version;
        const list = () => listingOf(listed);
        const runId = `run-${index}-${tries}`;
        const { outcome } = await runKillable({ table, now: clock.now, list, runId, killAtStep, continued });
        if (outcome === 'killed') counts.killed += 1;
        else if (outcome.kind === 'done') counts.done += 1;
        else if (outcome.kind === 'toBeContinued') counts.continued += 1;
        else counts.refused += 1;
        if (outcome === 'killed' || outcome.kind === 'done') break;
        continued = outcome.kind === 'toBeContinued' ? outcome.job : undefined;
      }
      running -= 1;
    };
    const lane = async (first: number) => {
      for (let index = first; index < REFRESHERS; index += LANES) await refresher(index);
    };
    const reader = async (email: (typeof EMAILS)[number]) => {
      while (running > 0) {
        const cached = await cache.findByEmail(PORTAL_A, email);
        if (cached !== undefined) {
          const seen = presentIn(cached.owners, email);
          expect(Array.from({ length: version + 1 }, (_, v) => truthOf(v, email))).toContain(seen);
          counts.reads += 1;
        }
      }
    };
    await runKillable({ table, now: clock.now, list: () => listingOf(0), runId: 'run-first' });
    const lanes = Array.from({ length: LANES }, (_, first) => lane(first));
    await Promise.all([...lanes, ...EMAILS.slice(0, 4).map(reader)]);

    clock.advance(3_600_000);
    version += 1;
    const last = version;
    const final = await runKillable({ table, now: clock.now, list: () => listingOf(last), runId: 'run-last' });

    expect(final.outcome).toMatchObject({ kind: 'done' });
    for (const email of EMAILS) {
      const cached = await cache.findByEmail(PORTAL_A, email);
      const seen = presentIn(cached?.owners ?? [], email);
      expect([email, seen]).toEqual([email, truthOf(last, email)]);
    }
    expect(counts.done + counts.killed).toBe(REFRESHERS);
    expect(counts.killed).toBeGreaterThan(0);
    expect(counts.done).toBeGreaterThan(counts.killed);
    expect(counts.reads).toBeGreaterThan(REFRESHERS);
    tellFigures(`race of ${REFRESHERS} refreshers on ${name}`, counts);
  });
});
