import { toDeadline } from '../../lib/domain/deadline.ts';
import type { SetOwnerCommand } from '../../lib/domain/execution.ts';
import { BLOCK_MS, type QueuedExecution } from '../../lib/domain/execution.ts';
import { groupByRecord, type RecordGroup } from '../../lib/domain/record-group.ts';
import { createDecideOwner } from '../../lib/use-cases/executions/decide-owner.ts';
import {
  createFindHeldOwners,
  createReadRecordOwner,
  createReadRecordOwners,
} from '../../lib/use-cases/executions/read-record-owners.ts';
import { createOwnerResolver } from '../../lib/use-cases/executions/resolve-owner.ts';
import { createSetOwner } from '../../lib/use-cases/executions/set-owner.ts';
import { createPlanRecord } from '../../lib/use-cases/queue/plan-record.ts';
import { createUpdateRecords } from '../../lib/use-cases/queue/update-records.ts';
import { makeRecordRef, PORTAL_A } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { makeCommand } from '../builders/queued-execution.ts';
import { createFakeOwnerCache } from '../fakes/owner-cache.ts';
import { createFakeOwnerDirectory } from '../fakes/owners-api.ts';
import type { FakeCrm } from '../fakes/record-batches.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { createFakeWorkLog } from '../fakes/work-log.ts';
import { makeClock, START_EPOCH_MS } from './clock.ts';

export const JANE = makeOwner({ id: '1', userId: '11' });
const LEFT = makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' });
export const BOB = makeOwner({ id: '4', userId: '14', email: 'bob@example.com' });

let executions = 1;

/** A queued execution; each one is queued a millisecond after the one made before it. */
export function makeQueued(command: Partial<SetOwnerCommand> & { readonly objectId?: string } = {}): QueuedExecution {
  const { objectId = '501', ...given } = command;
  const number = executions++;
  return {
    key: { portalId: PORTAL_A, executionId: `ap-${PORTAL_A}-${number}-7-0` },
    payloadHash: `hash-${number}`,
    command: makeCommand({
      record: makeRecordRef(objectId),
      firstSeenAtEpochMs: START_EPOCH_MS + number,
      isLate: true,
      ...given,
    }),
    queuedAtEpochMs: START_EPOCH_MS + number,
    expiresAtEpochMs: START_EPOCH_MS + number + BLOCK_MS,
    requeueCount: 0,
    refusals: 0,
    deadLetterCount: 0,
  };
}

/** The use cases behind the queue over fakes: Jane and Bob work here, somebody left. */
export function makeAssigning(crm: FakeCrm, clock = makeClock()) {
  const ownersApi = createFakeOwnerDirectory([JANE, LEFT, BOB]);
  const resolver = createOwnerResolver({
    cache: createFakeOwnerCache(),
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: 3_600_000,
    metrics: { count: () => undefined, measure: () => undefined },
  });
  const planRecord = createPlanRecord(createDecideOwner(resolver));
  const workLog = createFakeWorkLog(clock.now);
  const checkOwnerProperty = async () => crm.unfitProperty;
  const setOwner = createSetOwner({
    resolver,
    records: crm.records,
    workLog,
    checkOwnerProperty,
    now: clock.now,
    log: createFakeTelemetry().log,
  });
  const updateRecords = createUpdateRecords({
    batches: crm.batches,
    readRecordOwners: createReadRecordOwners(crm.batches, createFindHeldOwners(workLog)),
    readRecordOwner: createReadRecordOwner(crm.records, createFindHeldOwners(workLog)),
    workLog,
    checkOwnerProperty,
    planRecord,
    setOwner,
    now: clock.now,
  });
  const deadline = () => toDeadline(clock.now() + 30_000);
  return {
    ownersApi,
    clock,
    workLog,
    /** What an execution comes to that is done at once. */
    setAtOnce: (command: SetOwnerCommand) => setOwner(command, deadline()),
    assign: (queued: readonly QueuedExecution[]) => updateRecords(onlyGroup(queued), deadline()),
  };
}

function onlyGroup(queued: readonly QueuedExecution[]): RecordGroup {
  const [group, ...others] = groupByRecord(queued);
  if (group === undefined || others.length > 0) throw new Error('the executions are not of one group');
  return group;
}
