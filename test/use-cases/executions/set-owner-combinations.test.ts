import { toDeadline } from '../../../lib/domain/deadline.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSetOwner } from '../../../lib/use-cases/executions/set-owner.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeCrmRecords } from '../../fakes/crm-records.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { createFakeWorkLog } from '../../fakes/work-log.ts';
import { COMBINATIONS, type Combination, type Current, expectedOf, nameOf } from '../../support/assignment-table.ts';
import { makeClock } from '../../support/clock.ts';

const OWNER = '410000001';
const FALLBACK = '410000002';
const OTHER = '410000003';
const LEFT = '410000004';
const STRANGER = '410000005';
const PROPERTY = 'hubspot_owner_id';

const CURRENT_VALUES: Readonly<Record<Current, string>> = {
  unknown: 'left by an import',
  none: '',
  same: OWNER,
  otherActive: OTHER,
  otherInactive: LEFT,
  // HubSpot knows it neither as active nor as archived.
  otherUnknown: STRANGER,
};
const OWNERS = [
  makeOwner({ id: OWNER, userId: '52000001' }),
  makeOwner({ id: FALLBACK, userId: '52000002', email: 'fallback@example.com' }),
  makeOwner({ id: OTHER, userId: '52000003', email: 'other@example.com' }),
  makeArchivedOwner({ id: LEFT, userId: '52000004', email: 'left@example.com' }),
];

function fallbackOf({ resolution, current }: Combination): string {
  if (resolution === 'refused') return '';
  const hasCurrent = current !== 'none' && current !== 'unknown';
  return resolution === 'refusedFallbackIsCurrent' && hasCurrent ? CURRENT_VALUES[current] : FALLBACK;
}

async function run(combination: Combination): Promise<string> {
  const clock = makeClock();
  const ownersApi = createFakeOwnerDirectory(OWNERS);
  const cache = createFakeOwnerCache();
  const resolver = createOwnerResolver({
    cache,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: 3_600_000,
    metrics: { count: () => undefined, measure: () => undefined },
  });
  const records = createFakeCrmRecords();
  const { overwrite, ifNotAssignable, current, resolution } = combination;
  const result = await createSetOwner({
    resolver,
    records,
    workLog: createFakeWorkLog(clock.now),
    checkOwnerProperty: async () => undefined,
    now: clock.now,
    log: createFakeTelemetry().log,
  })(
    makeCommand({
      ownerEmail: resolution === 'assignable' ? 'jane@example.com' : 'nobody@example.com',
      ownerProperty: PROPERTY,
      overwrite,
      ifNotAssignable,
      fallbackOwner: fallbackOf(combination),
      currentValue: CURRENT_VALUES[current],
    }),
    toDeadline(clock.now() + 8_000),
  );
  const names: Readonly<Record<string, string>> = { [OWNER]: 'owner', [FALLBACK]: 'other', '': 'empty' };
  const written = records.calls.map((call) => names[call.replace(`write ${PROPERTY}=`, '')] ?? call);
  const code = result.errorCode === 'FALLBACK_OWNER_INVALID' ? ' FALLBACK_OWNER_INVALID' : '';
  return `${result.outcome}:${written.join('+') || '-'}${code}`;
}

/** Where asking HubSpot adds something to the table: who is unknown is inactive, and a fallback must be assignable. */
function expected(combination: Combination): string {
  const { overwrite, ifNotAssignable, current, resolution } = combination;
  const asked = overwrite === 'IF_OWNER_INACTIVE' && current === 'otherUnknown';
  const decision = expectedOf(asked ? { ...combination, current: 'otherInactive' } : combination);
  const isRefused = resolution !== 'assignable' && decision !== 'KEPT_EXISTING:-';
  const fallback = fallbackOf(combination);
  const unusable = ['', LEFT, STRANGER].includes(fallback);
  return isRefused && ifNotAssignable === 'FALLBACK' && unusable ? 'FAILED:- FALLBACK_OWNER_INVALID' : decision;
}

it('Setting the owner does what the table says in each of the 288 combinations, with at most one write', async () => {
  const actual = await Promise.all(COMBINATIONS.map(async (each) => `${nameOf(each)} → ${await run(each)}`));
  expect(actual).toEqual(COMBINATIONS.map((each) => `${nameOf(each)} → ${expected(each)}`));
});
