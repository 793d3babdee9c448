import { useAdapters } from '../../hubspot/adapters.ts';
import { type Completer, idsOf, makeCompleter } from '../../support/completing.ts';

jest.setTimeout(180_000);

const MINUTE_MS = 60_000;
/** As many as one invocation gets. */
const MESSAGES = 500;
const current = useAdapters();
let completer: Completer;

beforeEach(() => {
  completer = makeCompleter(current());
});

/** Works through the queue as the workers do: what is put back comes again after a while. @returns the minutes it took */
async function workThrough(ids: readonly string[], mostMinutes: number): Promise<number> {
  let queue = [...ids];
  const refusedBefore = new Set<string>();
  for (let minute = 0; minute < mostMinutes; minute += 1) {
    const backs = await inTurn(queue, refusedBefore);
    queue = [];
    for (const [id, why] of backs.flat()) {
      if (why === 'refused') refusedBefore.add(id);
      queue.push(id);
    }
    if (queue.length === 0) return minute;
    current().clock.advance(MINUTE_MS);
  }
  return mostMinutes;
}

async function inTurn(queue: readonly string[], refusedBefore: ReadonlySet<string>): Promise<[string, string][][]> {
  const backs: [string, string][][] = [];
  for (let start = 0; start < queue.length; start += MESSAGES) {
    backs.push(await completer.completeMany(queue.slice(start, start + MESSAGES), { refusedBefore }));
  }
  return backs;
}

const calls = () => current().simulator.calls.all();
const refused = () => calls().filter(({ status }) => status !== undefined && status >= 400).length;

describe('Ten thousand queued executions', () => {
  it('[W5] When a hundred of ten thousand records left their workflows, all others are completed with few errors', async () => {
    const ids = idsOf(10_000);
    const ends = completer.block(ids);
    const left = ids.filter((_id, index) => index % 100 === 37);
    current().simulator.state.blocked.unenroll(left);
    await workThrough(ids, 120);
    const completed = [...ends.values()].filter(({ kind }) => kind === 'completed').length;
    expect(completed).toBe(9_900);
    expect(refused() / calls().length).toBeLessThanOrEqual(0.05);
  });

  it.each(['each', 'some'] as const)(
    '[W5] When a hundred records left, the others are completed within a day even if HubSpot completes parts of a batch: %s',
    async (completionPolicy) => {
      Object.assign(current().simulator.settings, { completionPolicy });
      const ids = idsOf(2_000);
      const ends = completer.block(ids);
      current().simulator.state.blocked.unenroll(ids.filter((_id, index) => index % 100 === 37));
      await workThrough(ids, 24 * 60);
      expect([...ends.values()].filter(({ kind }) => kind === 'completed')).toHaveLength(1_980);
    },
  );

  it('[W5] When all ten thousand records left, HubSpot gets a few errors an hour, and none is forgotten', async () => {
    const ids = idsOf(10_000);
    completer.block(ids);
    current().simulator.state.blocked.unenroll(ids);
    await workThrough(ids, 180);
    expect(refused()).toBeLessThanOrEqual(70);
    expect(completer.telemetry.counted.filter(({ name }) => name === 'BreakerOpened')).toEqual([]);
  });
});
