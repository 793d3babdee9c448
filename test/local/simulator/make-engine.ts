import type { FloodEnrollment } from '../../../local/simulator/flood-ledger.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { addRecord, addRecords } from '../../../local/simulator/seed-records.ts';
import { createSimulatorState } from '../../../local/simulator/state.ts';
import type { WorkflowAction } from '../../../local/simulator/workflow-action.ts';
import { createWorkflowEngine, type WorkflowEngineOptions } from '../../../local/simulator/workflow-engine.ts';
import { makeClock } from '../../support/clock.ts';
import { PORTAL_ID } from './use-simulator.ts';

export const SECRET = 'a-client-secret';
export const ACTION: WorkflowAction = {
  uid: 'an_action',
  route: '/actions/an-action',
  outputFields: [{ name: 'outcome', options: ['ASSIGNED', 'FAILED'] }, { name: 'ownerName' }, { name: 'ownerId' }],
  executionRules: [{ labelName: 'ASSIGNED', conditions: { outcome: ['ASSIGNED'] } }],
  requestedProperties: ['hubspot_owner_id', 'email'],
};
export const LABELS = { [ACTION.uid]: { en: { executionRules: { ASSIGNED: 'Assigned to {{ ownerName }}.' } } } };
export const ASSIGNED = { outputFields: { outcome: 'ASSIGNED', ownerName: 'Ada Example', ownerId: '' } };
export const FAILED = { outcome: 'FAILED', ownerName: '', ownerId: '' };

/** An engine with a contact to enroll, whose waits move its clock at once. */
export function makeEngine(actionBaseUrl: string, options: Partial<WorkflowEngineOptions> = {}) {
  const clock = makeClock();
  const waits: number[] = [];
  const state = createSimulatorState(clock.now);
  addPortal(state, { portalId: PORTAL_ID });
  const record = addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { email: 'lead@example.com' } });
  const engine = createWorkflowEngine({
    state,
    clientSecret: SECRET,
    actionBaseUrl,
    labels: LABELS,
    now: clock.now,
    sleep: async (ms) => {
      waits.push(ms);
      clock.advance(ms);
    },
    ...options,
  });
  const enrollment: FloodEnrollment = {
    portalId: PORTAL_ID,
    objectType: 'CONTACT',
    objectId: record.id,
    inputFields: { ownerEmail: 'ada@example.com' },
  };
  /** Of new contacts, each with an owner if one is given. */
  const enrollments = (count: number, ownerId = ''): FloodEnrollment[] =>
    addRecords(state, PORTAL_ID, '0-1', count, () => (ownerId === '' ? {} : { hubspot_owner_id: ownerId })).map(
      ({ id }) => ({ ...enrollment, objectId: id }),
    );
  const complete = (callbackId: string, outputFields: Readonly<Record<string, string>>) =>
    state.blocked.complete(PORTAL_ID, [{ callbackId, outputFields }], 'allOrNothing').refused[0];
  return { engine, enrollment, enrollments, waits, record, clock, state, complete };
}
