import { CALLBACK_ROUTE } from '../lib/domain/app-urls.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../lib/domain/scopes.ts';
import { addApp } from './simulator/seed-apps.ts';
import { addActiveOwner, addArchivedOwner, addOwnersSharingEmail, addQueueOwner } from './simulator/seed-owners.ts';
import { addCustomObjectType, addPortal, addProperty } from './simulator/seed-portals.ts';
import type { SimulatorState } from './simulator/state.ts';

export const LOCAL_PORTAL_ID = 4_000_001;
export const SECOND_PORTAL_ID = 4_000_002;
export const LOCAL_ACCESS_TOKEN = 'pat-local-simulator';
export const LOCAL_CLIENT_SECRET = 'local-client-secret';

/** The app that a client id was given for, as HubSpot's project would describe it. */
export function seedApp(state: SimulatorState, environment: Readonly<Record<string, string>>): void {
  const { HUBSPOT_CLIENT_ID: clientId, HUBSPOT_CLIENT_SECRET: clientSecret = '', HUBSPOT_REDIRECT_URI } = environment;
  if (clientId === undefined) return;
  const redirectUri = HUBSPOT_REDIRECT_URI ?? `${environment.PUBLIC_BASE_URL}${CALLBACK_ROUTE}`;
  addApp(state, {
    clientId,
    clientSecret,
    redirectUris: [redirectUri],
    requiredScopes: REQUIRED_SCOPES,
    optionalScopes: OPTIONAL_SCOPES,
  });
}

export type SeededPeople = ReturnType<typeof seedPortal>;

/** A portal with the people that teams really have: reps, two leavers, a queue, and two accounts with one email. */
export function seedPortal(state: SimulatorState) {
  addPortal(state, { portalId: LOCAL_PORTAL_ID, token: LOCAL_ACCESS_TOKEN });
  return seedPeople(state, LOCAL_PORTAL_ID);
}

/**
 * Another account of the same company: the same people under the same emails, each with another owner id. Jane's id in the
 * first account is Bea's here, so that HubSpot would accept it and nothing but the wrong owner would show the mistake.
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
