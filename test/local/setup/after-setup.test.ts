import { SET_OWNER_BY_EMAIL } from '../../../lib/action/definition.ts';
import { CALLBACK_ROUTE } from '../../../lib/domain/app-urls.ts';
import type { Settings } from '../../../local/deploy/settings.ts';
import { actionLabels } from '../../../local/history-labels.ts';
import { installApp } from '../../../local/install-app.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { addApp } from '../../../local/simulator/seed-apps.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addPortal, addToken } from '../../../local/simulator/seed-portals.ts';
import { addRecord, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { createWorkflowEngine } from '../../../local/simulator/workflow-engine.ts';
import { type LocalStack, startLocalStack } from '../../../local/stack.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { evaluate, functionsOf } from '../../packaging/template.ts';
import { ACCOUNT, BASE, DOMAIN, makeSetupDesk, type SetupDesk } from './setup-desk.ts';

const PORTAL = Number(ACCOUNT);
const SECRET = 'the-secret-that-HubSpot-made';
const TOKEN = 'pat-eu1-made-by-HubSpot';
/** That of setup.test.ts, with which packages are the same. */
const CLIENT_ID = 'client-1';

jest.setTimeout(600_000);

let simulator: HubSpotSimulator;
let desk: SetupDesk;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  simulator = await startHubSpotSimulator();
  const environment = { HUBSPOT_API_BASE_URL: simulator.url, HUBSPOT_APP_BASE_URL: simulator.url };
  desk = await makeSetupDesk({ environment, startsHs: true });
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await desk.close();
  await simulator.close();
});

type App = {
  readonly config: {
    readonly auth: {
      readonly requiredScopes: readonly string[];
      readonly optionalScopes: readonly string[];
      readonly redirectUrls?: readonly string[];
    };
  };
};

/** What HubSpot makes of the app that was uploaded last. The person copies from its pages. */
function answer(question: string): string {
  const { files } = desk.hubspot().uploads.at(-1) ?? {};
  const { auth } = (JSON.parse(files?.['src/app/app-hsmeta.json'] ?? '{}') as App).config;
  if (question.startsWith('Access token')) addToken(simulator.state, PORTAL, TOKEN, auth.requiredScopes);
  if (question === 'Client ID') {
    const { requiredScopes, optionalScopes, redirectUrls: redirectUris = [] } = auth;
    addApp(simulator.state, {
      clientId: CLIENT_ID,
      clientSecret: SECRET,
      redirectUris,
      requiredScopes,
      optionalScopes,
    });
    return CLIENT_ID;
  }
  return question.startsWith('Access token') ? TOKEN : SECRET;
}

/** The service with the environment that the deployed template gives to the function, and local engines for its resources. */
async function startDeployed(): Promise<LocalStack> {
  const template = desk.deployed();
  if (template === undefined) throw new Error('nothing was deployed');
  const variables = functionsOf(evaluate(template)).get('setOwnerByEmail')?.Environment?.Variables ?? {};
  const local = ['TABLE_NAME', 'TOKEN_KMS_KEY_ID', 'ASSIGN_QUEUE_URL', 'REFRESH_QUEUE_URL'];
  const deployed = Object.entries(variables).filter(([name]) => !local.includes(name));
  const environment = Object.fromEntries(deployed.map(([name, value]) => [name, String(value)]));
  return startLocalStack({
    projectDir: PROJECT_DIR,
    given: (name) => environment[name] || undefined,
    purpose: 'start',
    onStop: (stop) => void stops.push(stop),
  });
}

it.each([
  { name: 'static, with a domain', given: { ...BASE, ...DOMAIN, auth: 'static' } },
  { name: 'static, without a domain', given: { ...BASE, auth: 'static' } },
  { name: 'OAuth, with a domain', given: { ...BASE, ...DOMAIN, auth: 'oauth' } },
  { name: 'OAuth, without a domain', given: { ...BASE, auth: 'oauth' } },
])(
  'After the setup of $name, an execution that HubSpot signs writes the owner',
  async ({ given }: { given: Settings }) => {
    await desk.reset();
    const { state } = simulator;
    state.portals.clear();
    state.apps.clear();
    addPortal(state, { portalId: PORTAL });
    await desk.setup(given, { answer, hasDnsRecord: true });

    const stack = await startDeployed();
    const { environment, url } = stack;
    const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com', firstName: 'Jane' });
    const record = addRecord(state, PORTAL, { typeId: '0-1', properties: {} });
    const signedBaseUrl = environment.PUBLIC_BASE_URL ?? '';
    if (given.auth === 'oauth') {
      await installApp({
        url,
        hubspotUrl: simulator.url,
        redirectUri: `${signedBaseUrl}${CALLBACK_ROUTE}`,
        portalId: PORTAL,
      });
    }
    const engine = createWorkflowEngine({
      state,
      clientSecret: SECRET,
      actionBaseUrl: url,
      signedBaseUrl,
      labels: actionLabels([SET_OWNER_BY_EMAIL]),
    });
    const report = await engine.execute(SET_OWNER_BY_EMAIL, {
      portalId: PORTAL,
      objectType: 'CONTACT',
      objectId: record.id,
      inputFields: { ownerEmail: 'jane@example.com' },
    });

    expect(report).toMatchObject({ violations: [], outputFields: { outcome: 'ASSIGNED' } });
    expect(readRecordProperty(state, PORTAL, '0-1', record.id, 'hubspot_owner_id')).toBe(jane.id);
    expect(simulator.violations).toEqual([]);
    expect(desk.aws.violations).toEqual([]);
  },
);
