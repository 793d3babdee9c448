import fc from 'fast-check';
import { countRecords } from '../../../lib/domain/handover.ts';
import type { ObjectId, OwnerId } from '../../../lib/domain/ids.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import {
  createHandoverWorld,
  Killed,
  LEAVER,
  type Mishap,
  OTHER,
  partOf,
  TARGET,
} from '../../support/handover-world.ts';

const PROPERTIES = ['hubspot_owner_id', 'csm'];
const RECORDS = 130;
const MOST_RUNS = 200;
/** Calls of a plan, a move and an undo, with room for some that are made again. */
const MOST_STEPS = 130;

type Change = { readonly at: number; readonly record: number; readonly property: number; readonly to: string };
type Accident = Mishap & { readonly at: number };

const change = fc.record({
  at: fc.nat({ max: MOST_STEPS }),
  record: fc.integer({ min: 1, max: RECORDS }),
  property: fc.nat({ max: 1 }),
  to: fc.constantFrom<string>(OTHER, TARGET, LEAVER, ''),
});
const accident = fc.record({
  at: fc.nat({ max: MOST_STEPS }),
  when: fc.constantFrom<Mishap['when']>('before', 'after'),
  as: fc.constantFrom<Mishap['as']>('kill', 'limit', 'fault'),
});

/**
 * HubSpot knows no write with a condition: what changes between the read of a batch and its write is overwritten. Batches are
 * worked on side by side, so people change something between two steps only.
 */
const BETWEEN_STEPS = new Set(['read', 'save', 'findOwned', 'countOwned']);

type Options = {
  readonly changes?: readonly Change[];
  readonly accidents?: readonly Accident[];
  readonly bad?: readonly number[];
  readonly lagMs?: number;
};

/** A leaver of some hundred records in two properties, and whatever happens meanwhile, by the number of the call. */
function createScene({ changes = [], accidents = [], bad = [], lagMs = 0 }: Options) {
  let step = 0;
  /** What people set last, of what they changed at all. */
  const touched = new Map<string, string>();
  const held = new Map<string, string>();
  const world = createHandoverWorld({
    parts: PROPERTIES.map((property) => partOf('0-1', property)),
    lagMs,
    fate(name) {
      step += 1;
      world.advance(1_000);
      if (BETWEEN_STEPS.has(name)) applyChanges();
      return accidents.find(({ at }) => at === step);
    },
  });
  const pending = [...changes].sort((one, other) => one.at - other.at);
  const split = (key: string) => key.split('/') as [string, string];
  const ownerOf = (key: string) => world.records.valueOf('0-1', ...split(key));

  function applyChanges(): void {
    while (pending[0] !== undefined && pending[0].at <= step) {
      const { record, property: index, to } = pending.shift() as Change;
      const property = PROPERTIES[index] ?? '';
      const key = `${record}/${property}`;
      if (ownerOf(key) !== to) touched.set(key, to);
      world.records.set('0-1', String(record), property, to);
    }
  }
  for (let id = 1; id <= RECORDS; id += 1) {
    for (const [index, property] of PROPERTIES.entries()) {
      const owner = (id + index) % 3 === 0 ? OTHER : LEAVER;
      world.records.set('0-1', String(id), property, owner, world.now() - 60_000);
      held.set(`${id}/${property}`, owner);
    }
  }
  for (const id of bad) world.records.bad.add(String(id) as ObjectId);

  return {
    world,
    held,
    touched,
    ownerOf,
    steps: () => step,
    isBad: (key: string) => bad.includes(Number(split(key)[0])),
    /** Run after run, as SQS delivers the message again. */
    async finish(id: string): Promise<void> {
      for (let runs = 0; runs < MOST_RUNS; runs += 1) {
        try {
          if ((await world.run(id)) === undefined) return;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
        }
      }
      throw new Error('it does not end');
    },
    values: () => new Map([...held.keys()].map((key) => [key, ownerOf(key)])),
  };
}
type Scene = ReturnType<typeof createScene>;

async function planAndMove(scene: Scene, target: OwnerId | ''): Promise<string> {
  const { world, finish } = scene;
  const id = await world.begin(target);
  await finish(id);
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, world.control.digest(await world.read(id)));
  await finish(id);
  return id;
}

it('Whatever fails, is killed or is refused, and whatever people change meanwhile, what the leaver held and nobody changed goes over, and an undo restores exactly that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 16 }),
      fc.array(accident, { maxLength: 8 }),
      fc.boolean(),
      fc.uniqueArray(fc.integer({ min: 1, max: RECORDS }), { maxLength: 3 }),
      fc.constantFrom(0, 5_000),
      async (changes, accidents, isCleared, bad, lagMs) => {
        const target = isCleared ? '' : TARGET;
        const scene = createScene({ changes, accidents, bad, lagMs });
        const { world, held, touched, ownerOf, isBad } = scene;
        const id = await planAndMove(scene, target);
        for (const [key, owner] of held) {
          const moved = owner === LEAVER && !isBad(key) ? target : owner;
          expect([key, ownerOf(key)]).toEqual([key, touched.get(key) ?? moved]);
        }
        const { status, moved, parts } = await world.read(id);
        expect(status).toBe('moved');
        const whole = [...held].filter(([key, owner]) => owner === LEAVER && !touched.has(key) && !isBad(key)).length;
        expect(moved.done + moved.leftAlone + moved.missing + moved.refused).toBe(countRecords(parts));
        expect(moved.done).toBeGreaterThanOrEqual(whole);
        expect(moved.done).toBeLessThanOrEqual(whole + touched.size);

        world.advance(3_600_000);
        const before = new Map(touched);
        touched.clear();
        await world.control.undo(PORTAL_A, id);
        await scene.finish(id);
        expect((await world.read(id)).status).toBe('undone');
        for (const [key, owner] of held) {
          const set = touched.get(key) ?? before.get(key);
          // Set to the very target a moment after we did: nobody can tell it from our own write.
          if (set === target && !touched.has(key)) continue;
          expect([key, ownerOf(key)]).toEqual([key, set ?? owner]);
        }
      },
    ),
    { numRuns: 150 },
  );
});

describe('A handover that meets one accident at any of its calls', () => {
  const kinds: readonly Mishap[] = (['before', 'after'] as const).flatMap((when) =>
    (['kill', 'limit', 'fault'] as const).map((as) => ({ when, as })),
  );

  it.each(kinds.map((kind) => [`${kind.as}, ${kind.when} the call was done`, kind] as const))(
    'A handover ends in the same records, and so does its undo, whatever call meets an accident: %s',
    async (_what, kind) => {
      const smooth = createScene({});
      const smoothId = await planAndMove(smooth, TARGET);
      const moved = smooth.values();
      const counts = (await smooth.world.read(smoothId)).moved;
      await smooth.world.control.undo(PORTAL_A, smoothId);
      await smooth.finish(smoothId);
      const calls = smooth.steps();
      expect(calls).toBeGreaterThan(40);
      for (let at = 1; at <= calls; at += 1) {
        const scene = createScene({ accidents: [{ ...kind, at }] });
        const id = await planAndMove(scene, TARGET);
        expect([at, scene.values()]).toEqual([at, moved]);
        expect([at, (await scene.world.read(id)).moved]).toEqual([at, counts]);
        await scene.world.control.undo(PORTAL_A, id);
        await scene.finish(id);
        expect([at, scene.values()]).toEqual([at, scene.held]);
      }
    },
  );
});
