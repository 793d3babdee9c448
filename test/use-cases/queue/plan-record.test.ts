import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { HeldOwner } from '../../../lib/domain/held-owner.ts';
import type { OwnerId } from '../../../lib/domain/ids.ts';
import type { ActionResult } from '../../../lib/domain/outcome.ts';
import type { DecideOwner } from '../../../lib/ports/steps.ts';
import { createPlanRecord } from '../../../lib/use-cases/queue/plan-record.ts';
import { makeNumbered } from '../../builders/numbered-executions.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

/** Asks for the owner in `ownerEmail`; `keep` asks for nobody. */
const ask = (number: number, ownerId: string) =>
  makeNumbered(number, { command: { ownerEmail: ownerId, firstSeenAtEpochMs: START_EPOCH_MS + number } });
const hold = (value: string): HeldOwner => ({ value, setAtEpochMs: 1 });
const assigned = (ownerId: string, previousOwnerId: '' | OwnerId): ActionResult => ({
  outcome: 'ASSIGNED',
  ownerId: ownerId as OwnerId,
  previousOwnerId,
});
const changedSince = (ownerId: string) => ({
  outcome: 'KEPT_EXISTING',
  ownerId,
  previousOwnerId: ownerId,
  keptBecause: 'CHANGED_SINCE',
});

function setUp() {
  const seen: (HeldOwner | undefined)[] = [];
  const decide: DecideOwner = async ({ ownerEmail }, held) => {
    seen.push(held);
    const ownerId = ownerEmail as OwnerId;
    if (ownerEmail === 'keep') return { result: { outcome: 'LEFT_UNCHANGED' } };
    if (ownerEmail === 'clear') return { result: { outcome: 'CLEARED' }, write: '' };
    if (held?.value === ownerId) return { result: { outcome: 'ALREADY_ASSIGNED', ownerId } };
    return { result: { ...assigned(ownerId, held?.value as OwnerId) }, write: ownerId };
  };
  return { plan: createPlanRecord({ decide }), seen };
}

it('A record is written once with the result of its last execution, at the moment of that execution', async () => {
  const { plan } = setUp();
  const executions = [ask(1, '1'), ask(2, '4')];
  const { write, results } = await plan(executions, hold(''), toDeadline(9));
  expect(write).toEqual({ value: '4', setAtEpochMs: START_EPOCH_MS + 2 });
  expect(results.map(([execution]) => execution)).toEqual(executions);
});

it('Each execution of a record is decided with the owner that the one before it leaves', async () => {
  const { plan, seen } = setUp();
  await plan([ask(1, '1'), ask(2, 'keep'), ask(3, 'clear'), ask(4, '4')], hold('77'), toDeadline(9));
  expect(seen).toEqual([
    hold('77'),
    { value: '1', setAtEpochMs: START_EPOCH_MS + 1 },
    { value: '1', setAtEpochMs: START_EPOCH_MS + 1 },
    { value: '', setAtEpochMs: START_EPOCH_MS + 3 },
  ]);
});

it('An earlier execution whose owner a later one replaces reports the final owner of the record', async () => {
  const { plan } = setUp();
  const { results } = await plan([ask(1, '1'), ask(2, '4')], hold(''), toDeadline(9));
  expect(results.map(([, result]) => result)).toEqual([changedSince('4'), assigned('4', '')]);
});

it('A record that already has its final owner is not written, whatever its executions did in between', async () => {
  const { plan } = setUp();
  const { write, results } = await plan([ask(1, '4'), ask(2, '1')], hold('1'), toDeadline(9));
  expect(write).toBeUndefined();
  const inPlace = { outcome: 'ALREADY_ASSIGNED', ownerId: '1', previousOwnerId: '1' };
  expect(results.map(([, result]) => result)).toEqual([changedSince('1'), inPlace]);
});

it.each([
  ['77', '77'],
  ['', ''],
  ['no owner id', undefined],
])(
  'The last execution that changes a record which holds %j reports what the record had, and not what an earlier one asked for',
  async (held, previousOwnerId) => {
    const { plan } = setUp();
    const { results } = await plan([ask(1, '1'), ask(2, '4'), ask(3, 'keep')], hold(held), toDeadline(9));
    expect(results[1]?.[1].previousOwnerId).toBe(previousOwnerId);
  },
);

it('A record that none of its executions changes is not written', async () => {
  const { plan } = setUp();
  expect((await plan([ask(1, 'keep'), ask(2, '1')], hold('1'), toDeadline(9))).write).toBeUndefined();
});

it('A record that is cleared last is written empty', async () => {
  const { plan } = setUp();
  const { write } = await plan([ask(1, '1'), ask(2, 'clear')], hold('4'), toDeadline(9));
  expect(write).toEqual({ value: '', setAtEpochMs: START_EPOCH_MS + 2 });
});

it('A decision that fails makes the whole plan fail, so that no record is written partly', async () => {
  const plan = createPlanRecord({ decide: () => Promise.reject(new Error('away')) });
  await expect(plan([ask(1, '1')], hold(''), toDeadline(9))).rejects.toThrow('away');
});

it('A plan leaves a record as its executions would leave it one after the other, and writes only what differs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('1', '4', 'keep', 'clear'), { maxLength: 6 }),
      fc.constantFrom('', '1', '4', '77'),
      async (asked, held) => {
        const { plan } = setUp();
        const executions = asked.map((ownerId, index) => ask(index, ownerId));
        const { write, results } = await plan(executions, hold(held), toDeadline(9));
        const effective = asked.filter((ownerId) => ownerId !== 'keep').at(-1);
        const end = effective === undefined ? held : effective === 'clear' ? '' : effective;
        expect(write?.value ?? held).toBe(end);
        expect(write?.value).not.toBe(held);
        expect(results).toHaveLength(asked.length);
        for (const [, { ownerId }] of results) expect([undefined, end]).toContain(ownerId);
      },
    ),
  );
});
