import { CALLBACK_ROUTE } from '../lib/domain/app-urls.ts';
import type { LocalProject } from './local-project.ts';
import { installStaticApp, uploadProject } from './simulator/install-project.ts';
import { addApp } from './simulator/seed-apps.ts';
import { addActiveOwner, addArchivedOwner, addOwnersSharingEmail, addQueueOwner } from './simulator/seed-owners.ts';
import { addCustomObjectType, addPortal, addProperty } from './simulator/seed-portals.ts';
import { addRecords } from './simulator/seed-records.ts';
import type { SimulatorState } from './simulator/state.ts';

export const LOCAL_PORTAL_ID = 4_000_001;
export const SECOND_PORTAL_ID = 4_000_002;
export const LOCAL_ACCESS_TOKEN = 'pat-local-simulator';
export const LOCAL_CLIENT_SECRET = 'local-client-secret';

/**
 * Uploads the project and, without a client ID, installs its static app in the local portal: the token has exactly the scopes
 * that the project requires. With a client ID, the accounts install the app.
 */
export function seedApp(
  state: SimulatorState,
  environment: Readonly<Record<string, string>>,
  { files, isTemplate }: LocalProject,
): void {
  const { name, app } = uploadProject(state, files, { isTemplate });
  const { HUBSPOT_CLIENT_ID: clientId, HUBSPOT_CLIENT_SECRET: clientSecret = '', HUBSPOT_REDIRECT_URI } = environment;
  if (clientId === undefined) {
    installStaticApp(state, name, LOCAL_PORTAL_ID, LOCAL_ACCESS_TOKEN);
    return;
  }
  const redirectUri = HUBSPOT_REDIRECT_URI ?? `${environment.PUBLIC_BASE_URL}${CALLBACK_ROUTE}`;
  const { requiredScopes, optionalScopes } = app;
  addApp(state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes, optionalScopes });
}

export type SeededPeople = ReturnType<typeof seedPortal>;

/** A portal with the people that teams really have: reps, two leavers, a queue, and two accounts with one email. */
export function seedPortal(state: SimulatorState) {
  addPortal(state, { portalId: LOCAL_PORTAL_ID });
  const people = seedPeople(state, LOCAL_PORTAL_ID);
  seedRecordsOf(state, LOCAL_PORTAL_ID, people.leaver.id);
  return people;
}

/** Records that a leaver still owns, for a handover. */
function seedRecordsOf(state: SimulatorState, portalId: number, ownerId: string): void {
  addRecords(state, portalId, '0-1', 420, () => ({ hubspot_owner_id: ownerId }));
  addRecords(state, portalId, '0-3', 130, () => ({ hubspot_owner_id: ownerId }));
  addRecords(state, portalId, '0-3', 45, () => ({ renewal_owner: ownerId }));
  addRecords(state, portalId, '0-5', 25, () => ({ hubspot_owner_id: ownerId }));
}

/**
 * Another account of the same company: the same people under the same emails, each with another owner ID. Jane's ID in the first
 * account is Bea's here, so HubSpot would accept it, and only the wrong owner would show the mistake.
 */
export function seedSecondPortal(state: SimulatorState, first: SeededPeople): SeededPeople {
  addPortal(state, { portalId: SECOND_PORTAL_ID });
  addActiveOwner(state, SECOND_PORTAL_ID, { id: first.jane.id, email: 'bea@example.com', firstName: 'Bea' });
  return seedPeople(state, SECOND_PORTAL_ID);
}

function seedPeople(state: SimulatorState, portalId: number) {
  addCustomObjectType(state, portalId, { typeId: '2-7001', name: 'contracts' });
  addProperty(state, portalId, '0-3', { name: 'renewal_owner', referencedObjectType: 'OWNER' });
  const team = { name: 'Enterprise', primary: true };
  return {
    jane: addActiveOwner(state, portalId, {
      email: 'jane@example.com',
      firstName: 'Jane',
      lastName: 'Doe',
      teams: [team],
    }),
    omar: addActiveOwner(state, portalId, { email: 'omar@example.com', firstName: 'Omar', lastName: 'Haddad' }),
    desk: addActiveOwner(state, portalId, { email: 'desk@example.com', firstName: 'Lead', lastName: 'Desk' }),
    leaver: addArchivedOwner(state, portalId, { email: 'lena@example.com' }),
    retired: addArchivedOwner(state, portalId, { email: 'rita@example.com' }),
    queue: addQueueOwner(state, portalId, { email: 'queue@example.com', firstName: 'Inbound' }),
    twins: addOwnersSharingEmail(state, portalId, 'kim@example.com', 2),
  };
}
