import { LOCAL_PORTAL_ID, type SeededPeople } from '../local/seed.ts';
import { addActiveOwner, addArchivedOwner } from '../local/simulator/seed-owners.ts';
import { addRecord } from '../local/simulator/seed-records.ts';
import type { SimulatorState } from '../local/simulator/state.ts';
import { addContact } from './portal.ts';
import type { Delivery, Service } from './service.ts';

/** One kind of execution. */
export type ExecutionCase = {
  readonly name: string;
  /** What the action must answer, so that the counts are about the case they claim. */
  readonly verdict: string;
  /** Which promise about HubSpot calls it falls under; `none` when it has to ask HubSpot about the owner or the record. */
  readonly promise: 'no change' | 'change' | 'none';
  /** The owner is known to the table, and young enough to be believed, and the container has done this before. */
  readonly warmCache: boolean;
  /** Brings about what comes before the execution, uncounted, and returns the delivery to count. */
  readonly prepare: (scene: Scene) => Promise<Prepared>;
};
type Prepared = { readonly service: Service; readonly delivery: Delivery };
export type Scene = {
  readonly service: Service;
  readonly state: SimulatorState;
  readonly people: SeededPeople;
  /** Unique to each execution. */
  readonly index: number;
};

const JANE = 'jane@example.com';
const LEAVER = 'lena@example.com';

export const EXECUTION_CASES: readonly ExecutionCase[] = [
  {
    name: 'owner seen for the first time, change',
    verdict: 'ASSIGNED',
    promise: 'none',
    warmCache: false,
    async prepare({ service, state, index }) {
      const email = `hire-${index}@example.com`;
      addActiveOwner(state, LOCAL_PORTAL_ID, { email });
      return { service, delivery: setOwner(service, addContact(state), email) };
    },
  },
  {
    name: 'warm, change',
    verdict: 'ASSIGNED',
    promise: 'change',
    warmCache: true,
    async prepare({ service, state, people }) {
      await warm(service);
      return { service, delivery: setOwner(service, addContact(state, people.omar.id), JANE) };
    },
  },
  {
    name: 'warm, no change',
    verdict: 'ALREADY_ASSIGNED',
    promise: 'no change',
    warmCache: true,
    async prepare({ service, state, people }) {
      await warm(service);
      return { service, delivery: setOwner(service, addContact(state, people.jane.id), JANE) };
    },
  },
  {
    name: 'existing owner kept (IF_UNASSIGNED)',
    verdict: 'KEPT_EXISTING',
    promise: 'no change',
    warmCache: true,
    async prepare({ service, state, people }) {
      const contact = addContact(state, people.omar.id);
      return { service, delivery: setOwner(service, contact, JANE, { overwrite: 'IF_UNASSIGNED' }) };
    },
  },
  {
    name: 'custom property, IF_UNASSIGNED, change (one read)',
    verdict: 'ASSIGNED',
    promise: 'none',
    warmCache: true,
    async prepare({ service, state }) {
      await warm(service);
      return { service, delivery: setRenewalOwner(service, state) };
    },
  },
  {
    name: 'custom property, IF_UNASSIGNED, kept (one read)',
    verdict: 'KEPT_EXISTING',
    promise: 'none',
    warmCache: true,
    async prepare({ service, state, people }) {
      return { service, delivery: setRenewalOwner(service, state, { renewal_owner: people.omar.id }) };
    },
  },
  {
    name: 'nobody has the email, first time',
    verdict: 'OWNER_NOT_FOUND',
    promise: 'none',
    warmCache: false,
    async prepare({ service, state, index }) {
      return { service, delivery: setOwner(service, addContact(state), `nobody-${index}@example.com`) };
    },
  },
  {
    name: 'nobody has the email, again within a minute',
    verdict: 'OWNER_NOT_FOUND',
    promise: 'no change',
    warmCache: true,
    async prepare({ service, state }) {
      const email = 'nobody@example.com';
      await service.deliver(service.enroll('find', { objectId: '1', inputFields: { ownerEmail: email } }));
      return { service, delivery: setOwner(service, addContact(state), email) };
    },
  },
  {
    name: 'owner deactivated, first time',
    verdict: 'OWNER_DEACTIVATED',
    promise: 'none',
    warmCache: false,
    async prepare({ service, state, index }) {
      const email = `leaver-${index}@example.com`;
      addArchivedOwner(state, LOCAL_PORTAL_ID, { email });
      return { service, delivery: setOwner(service, addContact(state), email) };
    },
  },
  {
    name: 'owner deactivated, again within a minute',
    verdict: 'OWNER_DEACTIVATED',
    promise: 'no change',
    warmCache: true,
    async prepare({ service, state }) {
      await service.deliver(service.enroll('find', { objectId: '1', inputFields: { ownerEmail: LEAVER } }));
      return { service, delivery: setOwner(service, addContact(state), LEAVER) };
    },
  },
  {
    name: 'delivered a second time',
    verdict: 'ASSIGNED',
    promise: 'no change',
    warmCache: true,
    async prepare({ service, state, people }) {
      const delivery = setOwner(service, addContact(state, people.omar.id), JANE);
      await service.deliver(delivery);
      return { service, delivery };
    },
  },
  {
    name: 'find, warm',
    verdict: 'FOUND',
    promise: 'no change',
    warmCache: true,
    async prepare({ service }) {
      await warm(service);
      return { service, delivery: service.enroll('find', { objectId: '1', inputFields: { ownerEmail: JANE } }) };
    },
  },
  {
    // Its first write: it asks for permits, and proves once that the static token belongs to the account.
    name: 'second container: warm table, cold memory, change',
    verdict: 'ASSIGNED',
    promise: 'none',
    warmCache: false,
    async prepare({ service, state, people }) {
      await warm(service);
      const second = service.restart();
      return { service: second, delivery: setOwner(second, addContact(state, people.omar.id), JANE) };
    },
  },
];

async function warm(service: Service): Promise<void> {
  await service.deliver(service.enroll('find', { objectId: '1', inputFields: { ownerEmail: JANE } }));
}

function setOwner(service: Service, contact: string, ownerEmail: string, inputs: Record<string, string> = {}) {
  return service.enroll('set', { objectId: contact, inputFields: { ownerEmail, ...inputs } });
}

function setRenewalOwner(service: Service, state: SimulatorState, properties: Record<string, string> = {}): Delivery {
  const { id } = addRecord(state, LOCAL_PORTAL_ID, { typeId: '0-3', properties });
  const inputFields = { ownerEmail: JANE, ownerProperty: 'renewal_owner', overwrite: 'IF_UNASSIGNED' };
  return service.enroll('set', { objectType: 'DEAL', objectId: id, inputFields });
}
