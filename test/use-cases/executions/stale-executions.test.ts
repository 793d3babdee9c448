import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { SetOwnerCommand } from '../../../lib/domain/execution.ts';
import { BLOCK_MS, type QueuedExecution } from '../../../lib/domain/execution.ts';
import type { OwnWrite } from '../../../lib/domain/held-owner.ts';
import type { ActionResult } from '../../../lib/domain/outcome.ts';
import { createRunOnce } from '../../../lib/use-cases/executions/run-once.ts';
import { makeRecordRef, PORTAL_A } from '../../builders/ids.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeExecutionLedger } from '../../fakes/execution-ledger.ts';
import { createFakeCrm } from '../../fakes/record-batches.ts';
import { BOB, JANE, makeAssigning } from '../../support/assigning.ts';
import { makeClock } from '../../support/clock.ts';
import { makeTelemetry } from '../../support/recording-telemetry.ts';

const ID = makeRecordRef().objectId;
const PEOPLE = [JANE.id, BOB.id, '77', ''] as const;
const KILLED = new Error('the container was killed');
/** No two changes are closer than HubSpot's clock and ours may be apart. */
const LEAST_GAP_MS = 6_000;
/** After a write whose end nobody knows, it is unknown for so long who sets the same value. */
const UNSURE_MS = 120_000;
const LONGEST_GAP_MS = 3 * 3_600_000;

type Fate = 'done' | 'failed' | 'killed before writing' | 'killed after writing';
type Step =
  | { readonly kind: 'deliver'; readonly index: number; readonly fate: Fate; readonly way: 'inline' | 'queued' }
  | { readonly kind: 'work'; readonly fate: Fate }
  | { readonly kind: 'change'; readonly value: string };
type Timed = { readonly step: Step; readonly gapMs: number };
type Scenario = {
  readonly held: string;
  readonly executions: readonly Pick<SetOwnerCommand, 'ownerEmail' | 'overwrite' | 'ifNotAssignable'>[];
  readonly steps: readonly Timed[];
};

const FATES = ['done', 'done', 'failed', 'killed before writing', 'killed after writing'] as const;

const steps = (fates: readonly Fate[], gapMs: fc.Arbitrary<number>, changes = 1): fc.Arbitrary<Timed[]> => {
  const fate = fc.constantFrom(...fates);
  const way = fc.constantFrom('inline', 'queued');
  const index = fc.nat({ max: 4 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver'), index, fate, way } as const) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('work'), fate } as const) },
    {
      weight: changes,
      arbitrary: fc.record({ kind: fc.constant('change'), value: fc.constantFrom(...PEOPLE) } as const),
    },
  );
  return fc.array(fc.record({ step, gapMs }), { minLength: 3, maxLength: 12 });
};
const scenario: fc.Arbitrary<Scenario> = fc.record({
  held: fc.constantFrom(...PEOPLE),
  executions: fc.array(
    fc.record({
      ownerEmail: fc.constantFrom('jane@example.com', 'bob@example.com', 'nobody@example.com'),
      overwrite: fc.constantFrom('ALWAYS', 'ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE'),
      ifNotAssignable: fc.constantFrom('FAIL', 'LEAVE', 'CLEAR'),
    } as const),
    { minLength: 2, maxLength: 5 },
  ),
  steps: fc.oneof(
    steps(FATES, fc.integer({ min: UNSURE_MS, max: LONGEST_GAP_MS })),
    steps(['done'], fc.integer({ min: LEAST_GAP_MS, max: 15_000 }), 4),
  ),
});

/** One record, with the moment that its present owner stands for, and everything that ever happens to it. */
function makeWorld({ held, executions }: Scenario) {
  const clock = makeClock();
  const crm = createFakeCrm({ [ID]: held }, clock.now);
  const assigning = makeAssigning(crm, clock);
  const ledger = createFakeExecutionLedger(clock.now);
  const { metrics, log } = makeTelemetry();
  let writers = 0;
  const runOnce = createRunOnce({
    ledger,
    workLog: assigning.workLog,
    now: clock.now,
    sleep: clock.sleep,
    newId: () => `w${writers++}`,
    metrics,
    log,
  });
  /** The moment that the record's owner stands for, by what this test knows. */
  let standsFor = Number.NEGATIVE_INFINITY;
  const broken: string[] = [];
  let current: Fate = 'done';
  /** Of whoever writes next. */
  let moment = 0;
  const results = new Map<number, ActionResult>();
  const queue: QueuedExecution[] = [];
  const bodies = new Map<number, string>();
  const firstSeen = new Map<number, number>();

  const noteWrites = assigning.workLog.noteWrites;
  assigning.workLog.noteWrites = async (portalId, writes: readonly Omit<OwnWrite, 'atEpochMs'>[]) => {
    moment = writes.at(-1)?.firstSeenAtEpochMs ?? moment;
    return noteWrites(portalId, writes);
  };
  for (const [target, method] of [
    [crm.batches, 'writeOwners'],
    [crm.records, 'writeOwner'],
  ] as const) {
    const write = (target as never)[method] as (...call: unknown[]) => Promise<unknown>;
    Object.assign(target, {
      [method]: async (...call: unknown[]) => {
        if (current === 'failed') throw new UpstreamUnavailableError('http_503');
        if (current === 'killed before writing') throw KILLED;
        const before = crm.values.get(ID);
        const answer = await write(...call);
        if (crm.values.get(ID) !== before) {
          if (standsFor > moment) broken.push(`an owner of ${standsFor} was replaced by one of ${moment}`);
          standsFor = moment;
        }
        if (current === 'killed after writing') throw KILLED;
        return answer;
      },
    });
  }

  async function deliver(index: number, way: 'inline' | 'queued'): Promise<void> {
    const spec = executions[index];
    if (spec === undefined || results.has(index)) return;
    // HubSpot sends the very body of the first delivery again.
    const currentValue = bodies.get(index) ?? crm.values.get(ID) ?? '';
    bodies.set(index, currentValue);
    const delivery = { portalId: PORTAL_A, executionId: `ap-${index}`, payloadHash: `h${index}`, hasStableId: true };
    const answer = await runOnce(delivery, toDeadline(clock.now() + 8_000), async (seen) => {
      const command = makeCommand({ ...spec, currentValue, ...seen });
      moment = seen.firstSeenAtEpochMs;
      firstSeen.set(index, moment);
      if (way === 'inline') return assigning.setAtOnce(command);
      const key = { portalId: PORTAL_A, executionId: `ap-${index}` };
      const times = { queuedAtEpochMs: clock.now(), expiresAtEpochMs: clock.now() + BLOCK_MS };
      const late = { ...command, currentValue: undefined, isLate: true };
      queue.push({
        key,
        payloadHash: `h${index}`,
        command: late,
        ...times,
        requeueCount: 0,
        refusals: 0,
        deadLetterCount: 0,
      });
      return { kind: 'queued' } as never;
    });
    if ('outcome' in answer) report(index, answer);
  }

  async function work(): Promise<void> {
    const batch = [...queue];
    if (batch.length === 0) return;
    const { results: done } = await assigning.assign(batch);
    for (const [execution, result] of done) results.set(indexOf(execution), result);
    for (const [execution, result] of done) {
      queue.splice(queue.indexOf(execution), 1);
      report(indexOf(execution), result);
    }
  }

  /** The answer to a workflow must be what the record holds. */
  function report(index: number, result: ActionResult): void {
    results.set(index, result);
    const has = crm.values.get(ID) ?? '';
    const { outcome, ownerId, keptBecause } = result;
    if (ownerId !== undefined && ownerId !== has)
      broken.push(`${index} ${outcome} says ${ownerId}, the record has ${has}`);
    const isYounger = (other: number) => (firstSeen.get(other) ?? 0) > (firstSeen.get(index) ?? 0);
    // Together with a younger one that leaves the record as it was, an older one is not written either.
    const isOvertaken = [...results].some(([other, one]) => isYounger(other) && (one.ownerId ?? '') === has);
    const isOlder = standsFor > (firstSeen.get(index) ?? 0) || isOvertaken;
    if (keptBecause === 'CHANGED_SINCE' && !isOlder) broken.push(`${index} gives way to an owner of ${standsFor}`);
    if (outcome === 'CLEARED' && has !== '') broken.push(`${index} says that nobody has it, the record has ${has}`);
    if (outcome === 'KEPT_EXISTING' && ownerId === undefined && has !== '') broken.push(`${index} keeps nobody`);
  }

  return {
    crm,
    results,
    queue,
    brokenPromises: () => broken,
    advance: clock.advance,
    change(value: string) {
      if (crm.values.get(ID) === value) return;
      crm.change(ID, value);
      standsFor = clock.now();
    },
    async run(act: () => Promise<void>, withFate: Fate) {
      current = withFate;
      await act().catch((error: unknown) => {
        if (error !== KILLED && !(error instanceof UpstreamUnavailableError)) throw error;
      });
      current = 'done';
    },
    deliver,
    work,
  };
}

function indexOf({ key }: QueuedExecution): number {
  return Number(key.executionId.split('-')[1]);
}

describe('Several executions of one record', () => {
  it('[L2, L3, L7] Executions of one record leave the owner of the latest change, by a person or by first-seen time, and report it', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const world = makeWorld(given);
        const happen = async ({ step: each, gapMs }: Timed) => {
          world.advance(gapMs);
          if (each.kind === 'change') world.change(each.value);
          else if (each.kind === 'work') await world.run(world.work, each.fate);
          else await world.run(() => world.deliver(each.index, each.way), each.fate);
        };
        for (const each of given.steps) await happen(each);
        // HubSpot and the queue retry until everything has ended.
        for (let index = 0; index < given.executions.length; index += 1) {
          await happen({ step: { kind: 'deliver', index, fate: 'done', way: 'inline' }, gapMs: UNSURE_MS });
        }
        await happen({ step: { kind: 'work', fate: 'done' }, gapMs: UNSURE_MS });
        expect(world.brokenPromises()).toEqual([]);
        expect([...world.results.keys()].sort()).toEqual(given.executions.map((_each, index) => index));
        expect(world.queue).toEqual([]);
        tried += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(tried).toBeGreaterThanOrEqual(3_000);
  });
});
