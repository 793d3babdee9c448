import { readLocalProject } from '../local/local-project.ts';
import { LOCAL_PORTAL_ID, seedApp, seedPortal } from '../local/seed.ts';
import { addRecord } from '../local/simulator/seed-records.ts';
import type { SimulatorState } from '../local/simulator/state.ts';

/**
 * HubSpot as far as its limits go is not what is measured here. This is the highest limit that the service believes: a permit
 * costs its write as always, and nobody waits for one.
 */
export const NO_LIMITS = { burstLimit: 100_000, dailyLimit: 'none' } as const;

/** The local portal with the static app of the repository's project in it, whatever a developer's own variables say. */
export function seedStaticPortal(state: SimulatorState) {
  const people = seedPortal(state);
  seedApp(
    state,
    {},
    readLocalProject(process.cwd(), () => undefined),
  );
  return people;
}

export type Contacts = { readonly count: number; readonly owner: 'jane' | 'omar' };

/**
 * The local portal with many contacts of one owner. Ids are handed out in order, so two states that are seeded alike
 * hold the same ids: executions can be built here for a simulator that runs on another thread.
 */
export function seedContacts(state: SimulatorState, { count, owner }: Contacts) {
  const people = seedStaticPortal(state);
  const contacts = Array.from({ length: count }, () => addContact(state, people[owner].id));
  return { people, contacts };
}

/** @returns the id of the new contact */
export function addContact(state: SimulatorState, ownerId = ''): string {
  const properties = ownerId === '' ? {} : { hubspot_owner_id: ownerId };
  return addRecord(state, LOCAL_PORTAL_ID, { typeId: '0-1', properties }).id;
}
