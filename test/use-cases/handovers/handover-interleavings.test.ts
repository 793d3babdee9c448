import fc from 'fast-check';
import type { ObjectId } from '../../../lib/domain/ids.ts';
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

type Change = { readonly at: number; readonly record: number; readonly property: number; readonly to: string };
type Kill = { readonly at: number; readonly when: Exclude<Mishap, undefined> };

const change = fc.record({
  at: fc.nat({ max: 25 }),
  record: fc.integer({ min: 1, max: RECORDS }),
  property: fc.nat({ max: 1 }),
  to: fc.constantFrom<string>(OTHER, TARGET, LEAVER, ''),
});
const kill = fc.record({ at: fc.nat({ max: 25 }), when: fc.constantFrom<Kill['when']>('before', 'after') });

/**
 * HubSpot knows no write with a condition: what changes between the read of a batch and its write is overwritten. Batches are
 * worked on side by side, so people change something between two steps only.
 */
const BETWEEN_STEPS = new Set(['read', 'save', 'countOwned']);

it('Whatever is killed and whatever people change meanwhile, what the leaver held and nobody changed goes over, and an undo restores exactly that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 12 }),
      fc.array(kill, { maxLength: 5 }),
      fc.boolean(),
      fc.uniqueArray(fc.integer({ min: 1, max: RECORDS }), { maxLength: 3 }),
      async (changes: readonly Change[], kills: readonly Kill[], isCleared, bad) => {
        const target = isCleared ? '' : TARGET;
        let step = 0;
        let isMoving = false;
        /** What people set last. */
        const touched = new Map<string, string>();
        const world = createHandoverWorld({
          parts: PROPERTIES.map((property) => partOf('0-1', property)),
          fate(name) {
            if (!isMoving) return undefined;
            step += 1;
            world.advance(1_000);
            if (BETWEEN_STEPS.has(name)) applyChanges();
            return kills.find(({ at }) => at === step)?.when;
          },
        });
        const pending = [...changes];
        function applyChanges(): void {
          for (const one of pending.splice(0, pending.length)) {
            if (one.at > step) {
              pending.push(one);
              continue;
            }
            const property = PROPERTIES[one.property] ?? '';
            const key = `${one.record}/${property}`;
            if (world.records.valueOf('0-1', String(one.record), property) !== one.to) touched.set(key, one.to);
            world.records.set('0-1', String(one.record), property, one.to);
          }
        }
        async function finish(id: string): Promise<void> {
          for (let runs = 0; runs < MOST_RUNS; runs += 1) {
            try {
              if ((await world.run(id)) === undefined) return;
            } catch (error) {
              if (!(error instanceof Killed)) throw error;
            }
          }
          throw new Error('it does not end');
        }
        const held = new Map<string, string>();
        for (let id = 1; id <= RECORDS; id += 1) {
          for (const [index, property] of PROPERTIES.entries()) {
            const owner = (id + index) % 3 === 0 ? OTHER : LEAVER;
            world.records.set('0-1', String(id), property, owner, world.now() - 60_000);
            held.set(`${id}/${property}`, owner);
          }
        }
        const heldBy = (key: string) => {
          const [id = '', property = ''] = key.split('/');
          return world.records.valueOf('0-1', id, property);
        };
        for (const id of bad) world.records.bad.add(String(id) as ObjectId);
        const isBad = (key: string) => bad.includes(Number(key.split('/')[0]));
        const { id, digest } = await world.plan(target);
        world.advance(1_000);
        isMoving = true;
        await world.control.start(PORTAL_A, id, digest);
        await finish(id);
        isMoving = false;
        for (const [key, owner] of held) {
          const moved = owner === LEAVER && !isBad(key) ? target : owner;
          expect([key, heldBy(key)]).toEqual([key, touched.get(key) ?? moved]);
        }
        const { moved } = await world.read(id);
        const planned = [...held.values()].filter((owner) => owner === LEAVER).length;
        const whole = [...held].filter(([key, owner]) => owner === LEAVER && !touched.has(key) && !isBad(key)).length;
        expect(moved.done + moved.leftAlone + moved.missing + moved.refused).toBe(planned);
        expect(moved.done).toBeGreaterThanOrEqual(whole);
        expect(moved.done).toBeLessThanOrEqual(whole + touched.size);
        world.advance(3_600_000);
        await world.control.undo(PORTAL_A, id);
        step = 0;
        isMoving = kills.length > 0;
        pending.length = 0;
        await finish(id);
        for (const [key, owner] of held) {
          const set = touched.get(key);
          // Set to the very target a moment after we did: nobody can tell it from our own write.
          if (set !== target) expect([key, heldBy(key)]).toEqual([key, set ?? owner]);
        }
      },
    ),
    { numRuns: 60 },
  );
});
