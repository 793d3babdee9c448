import { OUTPUT_FIELDS } from '../../lib/action/definition.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { type Answer, PORTAL, type Service, type ServiceOptions, startService } from './service.ts';
import { withoutProof } from './without-proof.ts';

export type RunningService = {
  (): Service;
  /** A new contact with these properties; the id is what an enrollment needs. */
  addContact(properties?: Readonly<Record<string, string>>, portalId?: number): string;
  /** The owner that the contact has now. */
  ownerOf(objectId: string, portalId?: number): string;
  /** The HubSpot calls of `work`, by route. */
  callsOf(work: () => Promise<unknown>): Promise<string[]>;
};

/** A service for each test, which must end without a fault left over and without a call that no good client makes. */
export function useService(options: ServiceOptions = {}): RunningService {
  let service: Service;

  beforeEach(async () => {
    service = await startService(options);
  });

  afterEach(async () => {
    // Closed before anything can fail, or a failing test would keep the run from ending.
    await service.close();
    expect(service.simulator.violations).toEqual([]);
    expect(service.simulator.faults.unread()).toEqual([]);
  });

  return Object.assign(() => service, {
    addContact: (properties = {}, portalId = PORTAL) =>
      addRecord(service.simulator.state, portalId, { typeId: '0-1', properties }).id,
    ownerOf: (objectId: string, portalId = PORTAL) =>
      readRecordProperty(service.simulator.state, portalId, '0-1', objectId, 'hubspot_owner_id'),
    async callsOf(work: () => Promise<unknown>) {
      const mark = service.simulator.calls.mark();
      await work();
      return withoutProof(service.simulator.calls.since(mark)).map(({ route }) => route ?? 'unknown');
    },
  });
}

/** Every declared output, empty unless given: what an answered execution must equal. */
export function outputs(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const empty = Object.fromEntries(OUTPUT_FIELDS.map(({ name }) => [name, '']));
  return { ...empty, hs_execution_state: 'SUCCESS', ...values };
}

/** The outputs of an execution that ended in an error the workflow can branch on. */
export function failedOutputs(errorCode: string, values: Readonly<Record<string, unknown>> = {}) {
  const state = { outcome: 'FAILED', hs_execution_state: 'FAIL_CONTINUE' };
  return outputs({ ...state, errorCode, errorMessage: expect.stringMatching(/^\S.*\.$/), ...values });
}

export function expectAnswered(answer: Answer, expected: object): void {
  expect(answer.outputs).toEqual(expected);
  expect(answer.status).toBe(200);
}
