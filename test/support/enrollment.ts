import type { CallFilter } from '../../local/simulator/call-log.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { type Answer, type ExecuteOptions, PORTAL, type Service } from './service.ts';
import { withoutProof } from './without-proof.ts';

export const JANE = 'jane@example.com';

/** An owner of the portal, Jane unless said otherwise, who is in the cache already. */
export async function seedCachedOwner(service: Service, portalId = PORTAL, email = JANE): Promise<SimulatedOwner> {
  const owner = addActiveOwner(service.simulator.state, portalId, { email, firstName: 'Jane', lastName: 'Doe' });
  const found = await enroll(service, { portalId, action: 'find', email });
  expect(found.outputs).toMatchObject({ outcome: 'FOUND', ownerId: owner.id });
  return owner;
}

export type Enrolled = Answer & {
  readonly objectId: string;
  /** The owner the record has afterwards. */
  readonly ownerId: () => string;
  /** Calls that HubSpot got because of it. */
  readonly calls: number;
  /** By how much the clock was moved: the waits between tries. */
  readonly waitedMs: number;
};

export type EnrollOptions = Partial<ExecuteOptions> & { readonly email?: string };

/** Enrolls a new contact (or a given record) with Jane's email and watches what happens. */
export async function enroll(service: Service, options: EnrollOptions = {}): Promise<Enrolled> {
  const { email = JANE, portalId = PORTAL, ...rest } = options;
  const { state, calls } = service.simulator;
  const objectId = rest.objectId ?? addRecord(state, portalId, { typeId: '0-1' }).id;
  const [mark, start] = [calls.mark(), service.clock.now()];
  const answer = await service.execute({ inputFields: { ownerEmail: email }, ...rest, portalId, objectId });
  return {
    ...answer,
    objectId,
    ownerId: () => readRecordProperty(state, portalId, '0-1', objectId, 'hubspot_owner_id'),
    calls: withoutProof(calls.since(mark)).length,
    waitedMs: service.clock.now() - start,
  };
}

export function countCalls(service: Service, filter: CallFilter = {}): number {
  return service.simulator.calls.count(filter);
}

export function countMetric(service: Service, name: string): number {
  return service.telemetry.counted.filter((metric) => metric.name === name).length;
}

/** What is answered when the same execution may succeed later. */
export const COME_BACK = { status: 503, body: { status: 'error', code: 'HUBSPOT_UNAVAILABLE' } };
export const CONTRACT_BROKEN = { status: 503, body: { status: 'error', code: 'HUBSPOT_CONTRACT_BROKEN' } };

/** The answer when the step of the workflow fails. */
export function told(errorCode: string) {
  return { status: 200, outputs: { outcome: 'FAILED', errorCode, hs_execution_state: 'FAIL_CONTINUE' } };
}

export const ASSIGNED = { status: 200, outputs: { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' } };
