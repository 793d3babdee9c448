import fc from 'fast-check';
import type { OwnerId } from '../../lib/domain/ids.ts';
import { isAssignable, type Owner } from '../../lib/domain/owner.ts';
import {
  agreeOnSuccessor,
  findChainFault,
  followSuccessors,
  MAX_SUCCESSION_HOPS,
  type Succession,
} from '../../lib/domain/successor.ts';
import { toOwnerId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../builders/owner.ts';

type Chain = Readonly<Record<number, number>>;
const successorIn = (chain: Chain) => async (id: OwnerId) => {
  const next = chain[Number(id)];
  return next === undefined ? undefined : toOwnerId(next);
};
const ownerIn = (owners: readonly Owner[]) => async (id: OwnerId) => owners.find((owner) => owner.id === id);
const follow = (chain: Chain, owners: readonly Owner[]) =>
  followSuccessors(toOwnerId('1'), successorIn(chain), ownerIn(owners));
const active = (id: number) => makeOwner({ id: String(id) });
const left = (id: number) => makeArchivedOwner({ id: String(id) });
/** 1 → 2 → … → hops + 1 */
const straight = (hops: number): Chain => Object.fromEntries(Array.from({ length: hops }, (_, at) => [at + 1, at + 2]));

describe('Following a chain', () => {
  it.each<[string, Chain, Owner[], number | 'unset' | 'deadEnd']>([
    ['nobody was named', {}, [active(2)], 'unset'],
    ['the successor is there', { 1: 2 }, [active(2)], 2],
    ['the first active person counts, not the last', { 1: 2, 2: 3 }, [active(2), active(3)], 2],
    ['the successor left too', { 1: 2, 2: 3 }, [left(2), active(3)], 3],
    ['HubSpot knows nothing of the successor any more', { 1: 2, 2: 3 }, [active(3)], 3],
    ['the successor became a queue', { 1: 2, 2: 3 }, [makeQueueOwner({ id: '2' }), active(3)], 3],
    ['the last one left', { 1: 2, 2: 3 }, [left(2), left(3)], 'deadEnd'],
    ['HubSpot knows none of them', { 1: 2 }, [], 'deadEnd'],
    ['the chain comes back to the leaver, who is said to be there', { 1: 2, 2: 1 }, [left(2), active(1)], 'deadEnd'],
    ['the leaver is their own successor', { 1: 1 }, [active(1)], 'deadEnd'],
    ['the chain loops behind them', { 1: 2, 2: 3, 3: 2 }, [left(2), left(3)], 'deadEnd'],
    ['the last allowed hop comes to somebody', straight(MAX_SUCCESSION_HOPS), [active(MAX_SUCCESSION_HOPS + 1)], 11],
    ['one hop more', straight(MAX_SUCCESSION_HOPS + 1), [active(MAX_SUCCESSION_HOPS + 2)], 'deadEnd'],
  ])('Following a chain of successors: %s', async (_why, chain, owners, expected) => {
    const succession = await follow(chain, owners);
    if (typeof expected === 'number') expect(succession).toMatchObject({ kind: 'found', owner: { id: `${expected}` } });
    else expect(succession).toEqual({ kind: expected });
  });

  const people = fc.array(
    fc.record({ archived: fc.boolean(), isQueue: fc.boolean(), exists: fc.boolean(), next: fc.nat({ max: 15 }) }),
    { minLength: 15, maxLength: 15 },
  );

  it('[O4] Every chain of successors ends within the bound, at an assignable person who is reachable or at nobody', async () => {
    const seen = { found: 0, none: 0 };
    await fc.assert(
      fc.asyncProperty(people, async (drawn) => {
        const chain: Chain = Object.fromEntries(drawn.flatMap(({ next }, at) => (next === 0 ? [] : [[at + 1, next]])));
        const owners = drawn.flatMap(({ archived, isQueue, exists }, at) => {
          const id = String(at + 1);
          return exists ? [isQueue ? makeQueueOwner({ id, archived }) : makeOwner({ id, archived })] : [];
        });
        let asked = 0;
        const findOwner = (id: OwnerId) => {
          asked += 1;
          return ownerIn(owners)(id);
        };
        const succession = await followSuccessors(toOwnerId('1'), successorIn(chain), findOwner);
        expect(asked).toBeLessThanOrEqual(MAX_SUCCESSION_HOPS);
        if (succession.kind !== 'found') {
          seen.none += 1;
          return;
        }
        seen.found += 1;
        expect(isAssignable(succession.owner)).toBe(true);
        expect(succession.owner.archived).toBe(false);
        // A second way to the same person: walk the numbers, and the first who may be assigned is the one.
        let at = chain[1];
        while (at !== undefined && !owners.some(({ id, ...rest }) => id === `${at}` && isAssignable({ id, ...rest }))) {
          at = chain[at];
        }
        expect(succession.owner.id).toBe(`${at}`);
      }),
      { numRuns: 1_000 },
    );
    expect(seen.found).toBeGreaterThan(50);
    expect(seen.none).toBeGreaterThan(50);
  });
});

describe('Leavers who share an email', () => {
  const found = (id: number): Succession => ({ kind: 'found', owner: active(id) });
  const [unset, deadEnd]: Succession[] = [{ kind: 'unset' }, { kind: 'deadEnd' }];

  it.each<[string, (Succession | undefined)[], string | undefined]>([
    ['nobody has a successor', [unset, unset], undefined],
    ['nobody is asked', [], undefined],
    ['one has', [unset, found(9)], '2 → 9'],
    ['both have the same', [found(9), found(9)], '1 → 9'],
    ['they have different ones', [found(9), found(8)], undefined],
    ['one chain leads nowhere', [found(9), deadEnd], undefined],
    ['the first chain leads nowhere', [deadEnd, found(9)], undefined],
  ])('Leavers who share an email get their successor by these rules: %s', (_why, successions, expected) => {
    const agreed = agreeOnSuccessor(
      successions.flatMap((succession, at) => (succession ? [{ leaverId: toOwnerId(at + 1), succession }] : [])),
    );
    expect(agreed && `${agreed.leaverId} → ${agreed.owner.id}`).toBe(expected);
  });
});

describe('What is wrong with a new link', () => {
  const fault = (leaver: number, successor: number, chain: Chain) =>
    findChainFault(toOwnerId(leaver), toOwnerId(successor), successorIn(chain));

  it.each<[string, number, number, Chain, 'loop' | 'tooLong' | undefined]>([
    ['nothing, when it is the first', 1, 2, {}, undefined],
    ['nothing, when it prolongs a chain', 1, 2, { 2: 3, 3: 4 }, undefined],
    ['nothing, when it replaces a link', 1, 3, { 1: 2, 2: 4 }, undefined],
    ['that somebody succeeds themselves', 1, 1, {}, 'loop'],
    ['that two succeed each other', 1, 2, { 2: 1 }, 'loop'],
    ['that three do', 1, 2, { 2: 3, 3: 1 }, 'loop'],
    ['that the circle is closed by the last hop', 11, 1, straight(MAX_SUCCESSION_HOPS), 'loop'],
    ['nothing, when the chain is as long as it may be', 99, 1, straight(MAX_SUCCESSION_HOPS - 1), undefined],
    ['that it is one longer', 99, 1, straight(MAX_SUCCESSION_HOPS), 'tooLong'],
    ['that a circle stands there already', 99, 2, { 2: 3, 3: 2 }, 'tooLong'],
  ])(
    'A new successor link is checked for loops and length and reports %s',
    async (_why, leaver, successor, chain, expected) => {
      expect(await fault(leaver, successor, chain)).toBe(expected);
    },
  );

  it('An accepted successor link never closes a loop, in whatever order links are added', async () => {
    const links = fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 })), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(links, async (added) => {
        const chain: Record<number, number> = {};
        for (const [leaver, successor] of added) {
          if ((await fault(leaver, successor, chain)) === undefined) chain[leaver] = successor;
        }
        for (const start of Object.keys(chain)) {
          const seen = new Set<number>();
          for (let at: number | undefined = Number(start); at !== undefined; at = chain[at]) {
            expect(seen.has(at)).toBe(false);
            seen.add(at);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
