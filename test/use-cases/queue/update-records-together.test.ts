import fc from 'fast-check';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../../../lib/domain/assignment.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { SetOwnerCommand } from '../../../lib/domain/execution.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import type { ActionResult } from '../../../lib/domain/outcome.ts';
import { createFakeCrm } from '../../fakes/record-batches.ts';
import { makeAssigning, makeQueued } from '../../support/assigning.ts';

const RECORD = '501' as ObjectId;

const EMAILS = ['jane@example.com', 'bob@example.com', 'left@example.com', 'nobody@example.com', ''];
const VALUES = ['', '1', '2', '4', '77'];

const step = fc.record({
  ownerEmail: fc.constantFrom(...EMAILS),
  overwrite: fc.constantFrom(...OVERWRITE),
  ifNotAssignable: fc.constantFrom(...IF_NOT_ASSIGNABLE),
  fallbackOwner: fc.constantFrom('4', '2', ''),
  /** What came with the execution, which may be long out of date; undefined when nothing came. */
  currentValue: fc.option(fc.constantFrom(...VALUES), { nil: undefined }),
});

describe('[Q15, H3] Several executions of one record in one batch', () => {
  it('Several executions of one record leave what they would leave one after the other, and report the owner of the record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...VALUES),
        fc.constantFrom('there', 'merged', 'bad'),
        async (steps, held, record) => {
          const crm = createFakeCrm(record === 'merged' ? { '7': held } : { [RECORD]: held });
          if (record === 'merged') crm.mergedInto.set(RECORD, '7' as ObjectId);
          if (record === 'bad') crm.bad.set(RECORD, 'RECORD_VALIDATION_FAILED');
          const queued = steps.map((each) => makeQueued(each));
          const { results, stoppedBy } = await makeAssigning(crm).assign(queued);
          const left = crm.values.get(record === 'merged' ? ('7' as ObjectId) : RECORD);

          expect(stoppedBy).toBeUndefined();
          expect(results.size).toBe(queued.length);
          expect(left).toBe(record === 'bad' ? held : await oneAfterTheOther(steps, held));
          for (const result of results.values()) expectTrue(result, left);
          if (record !== 'merged') expect(crm.writes.get(RECORD) ?? 0).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('Executions of a record and of others that were merged into it report the owner that it has in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.constantFrom('7', '8', RECORD)), { minLength: 2, maxLength: 6 }),
        fc.constantFrom(...VALUES),
        async (steps, held) => {
          const crm = createFakeCrm({ '7': held });
          for (const old of ['8', RECORD]) crm.mergedInto.set(old as ObjectId, '7' as ObjectId);
          const queued = steps.map(([each, objectId]) => makeQueued({ ...each, objectId }));
          const { results } = await makeAssigning(crm).assign(queued);
          expect(results.size).toBe(queued.length);
          for (const result of results.values()) expectTrue(result, crm.values.get('7' as ObjectId));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['the old ID', RECORD, '7'],
    ['the ID that is left', '7', RECORD],
    ['two old IDs', RECORD, '8'],
  ] as const)(
    'A younger execution that found its owner in place is not undone by an older one: %s',
    async (_which, older, younger) => {
      const crm = createFakeCrm({ '7': '1' });
      for (const old of ['8', RECORD]) crm.mergedInto.set(old as ObjectId, '7' as ObjectId);
      const clearing = makeQueued({ objectId: older, ownerEmail: '', ifNotAssignable: 'CLEAR' });
      const queued = [clearing, makeQueued({ objectId: younger })];
      const { results } = await makeAssigning(crm).assign(queued);
      expect(crm.values.get('7' as ObjectId)).toBe('1');
      expect(results.get(clearing)).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: '1' });
    },
  );

  it('[H21] An execution that kept the owner comes again if a write for a record that was merged into its own may be done', async () => {
    const crm = createFakeCrm({ '7': '2' });
    crm.mergedInto.set(RECORD, '7' as ObjectId);
    const { writeOwners } = crm.batches;
    Object.assign(crm.batches, {
      async writeOwners(...given: Parameters<typeof writeOwners>) {
        await writeOwners(...given);
        throw new UpstreamUnavailableError('timeout');
      },
    });
    const older = makeQueued({ overwrite: 'IF_OWNER_INACTIVE' });
    const younger = makeQueued({ objectId: '7', overwrite: 'IF_UNASSIGNED', ownerEmail: 'bob@example.com' });
    const { results, stoppedBy } = await makeAssigning(crm).assign([older, younger]);
    expect(crm.values.get('7' as ObjectId)).toBe('1');
    expect([results.size, stoppedBy]).toEqual([0, expect.any(UpstreamUnavailableError)]);
  });

  it.each([
    ['ALWAYS', 'ALWAYS', '', '4', ['KEPT_EXISTING', 'ASSIGNED']],
    ['ALWAYS', 'IF_UNASSIGNED', '', '1', ['ASSIGNED', 'KEPT_EXISTING']],
    ['IF_UNASSIGNED', 'ALWAYS', '', '4', ['KEPT_EXISTING', 'ASSIGNED']],
    ['IF_UNASSIGNED', 'IF_UNASSIGNED', '77', '77', ['KEPT_EXISTING', 'KEPT_EXISTING']],
    ['IF_UNASSIGNED', 'ALWAYS', '77', '4', ['KEPT_EXISTING', 'ASSIGNED']],
    // She has the record already; then it is given to Bob.
    ['IF_UNASSIGNED', 'ALWAYS', '1', '4', ['KEPT_EXISTING', 'ASSIGNED']],
    ['IF_OWNER_INACTIVE', 'ALWAYS', '2', '4', ['KEPT_EXISTING', 'ASSIGNED']],
    ['IF_OWNER_INACTIVE', 'IF_OWNER_INACTIVE', '2', '1', ['ASSIGNED', 'KEPT_EXISTING']],
  ] as const)(
    'Setting Jane with %s and then Bob with %s, where the record has %j, leaves owner %s',
    async (first, second, held, left, outcomes) => {
      const crm = createFakeCrm({ [RECORD]: held });
      const queued = [
        makeQueued({ overwrite: first, currentValue: held }),
        makeQueued({ overwrite: second, currentValue: held, ownerEmail: 'bob@example.com' }),
      ];
      const { results } = await makeAssigning(crm).assign([...queued].reverse());
      expect(crm.values.get(RECORD)).toBe(left);
      expect(queued.map((one) => results.get(one)?.outcome)).toEqual(outcomes);
      expect(queued.map((one) => results.get(one)?.ownerId)).toEqual([left, left]);
    },
  );
});

/** The record as executions leave it that are done at once, each on what the one before it left. */
async function oneAfterTheOther(steps: readonly Partial<SetOwnerCommand>[], held: string): Promise<string | undefined> {
  const crm = createFakeCrm({ [RECORD]: held });
  const { setAtOnce } = makeAssigning(crm);
  for (const each of steps) {
    const { command } = makeQueued({ ...each, currentValue: crm.values.get(RECORD) });
    await setAtOnce(command);
  }
  return crm.values.get(RECORD);
}

/** A success says who owns the record, or that nobody does. */
function expectTrue(result: ActionResult, left: string | undefined): void {
  const { outcome, ownerId } = result;
  if (outcome === 'CLEARED') expect({ result, left }).toEqual({ result, left: '' });
  if (ownerId !== undefined) expect({ result, left }).toEqual({ result, left: ownerId });
}
