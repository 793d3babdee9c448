import {
  type HubSpotSimulator,
  type SimulatorOptions,
  startHubSpotSimulator,
} from '../../local/simulator/hubspot-simulator.ts';
import { addApp, installApp } from '../../local/simulator/seed-apps.ts';
import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addPortal, addToken } from '../../local/simulator/seed-portals.ts';
import { addUserFor } from '../../local/simulator/seed-users.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import { makeClock } from '../support/clock.ts';
import { createApi } from './api.ts';
import { createGround, type Ground, type GroundOptions, type OAuthCredentials } from './ground.ts';

export const PORTAL_ID = 8_400_001;
export const TOKEN = 'pat-test-contract';
const CLIENT_ID = '3c5a9f10-0000-4000-8000-000000000009';
export const CLIENT_SECRET = 'secret-test-contract';

/** What an app for contacts and companies asks for. */
const SCOPES = [
  'oauth',
  'automation',
  'crm.objects.owners.read',
  'settings.users.read',
  ...['contacts', 'companies'].flatMap((name) => [`crm.objects.${name}.read`, `crm.objects.${name}.write`]),
];

/** A developer test account with two people and a leaver, an app that is installed in it, and a token with the app's scopes. */
export function seedTestAccount({ state }: HubSpotSimulator) {
  addPortal(state, { portalId: PORTAL_ID, accountType: 'DEVELOPER_TEST' });
  addToken(state, PORTAL_ID, TOKEN, SCOPES);
  addUserFor(state, PORTAL_ID, addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' }));
  addActiveOwner(state, PORTAL_ID, { email: 'omar@example.com' });
  addArchivedOwner(state, PORTAL_ID, { email: 'lena@example.com' });
  const redirectUris = ['https://app.example.com/oauth/callback'];
  addApp(state, { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris, requiredScopes: SCOPES });
  const { refreshToken } = installApp(state, CLIENT_ID, PORTAL_ID);
  return { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, refreshToken };
}

export type OpenGround = {
  readonly ground: Ground;
  readonly simulator: HubSpotSimulator;
  readonly oauth: OAuthCredentials;
  /** Moves the simulator's clock. */
  readonly sleep: GroundOptions['sleep'];
};

/** The ground of a simulator, which knows nothing of it but an address and a token. Its clock moves where the ground waits. */
export async function openGround(
  options: SimulatorOptions = {},
  more: Partial<Pick<GroundOptions, 'maySpendLimit'>> = {},
): Promise<OpenGround> {
  const clock = makeClock();
  const simulator = await startHubSpotSimulator({ now: clock.now, recordLifecycle: 'open', ...options });
  const oauth = seedTestAccount(simulator);
  const { sleep } = clock;
  const api = createApi({ baseUrl: simulator.url, token: TOKEN, sleep });
  const portalId = String(PORTAL_ID);
  const ground = createGround({
    api,
    portalId,
    sleep,
    patienceMs: 5_000,
    runId: 'a',
    oauth,
    maySpendLimit: false,
    ...more,
  });
  return { ground, simulator, oauth, sleep };
}

/** The contacts and companies of the test account that are not deleted. */
export function recordsLeft({ state }: HubSpotSimulator): readonly string[] {
  const records = ['0-1', '0-2'].flatMap((typeId) => [...getObjectType(state, PORTAL_ID, typeId).records.values()]);
  return records.filter(({ archived }) => !archived).map(({ id }) => id);
}
