import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import { hubspotProjectFiles } from '../../local/hubspot-project/hubspot-project.ts';
import { readLocalProject } from '../../local/local-project.ts';
import { LOCAL_ACCESS_TOKEN, LOCAL_PORTAL_ID, seedApp, seedPortal } from '../../local/seed.ts';
import { createSimulatorState, getPortal } from '../../local/simulator/state.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const APP_FILE = 'hubspot/src/app/app-hsmeta.json';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'local-project-'));
  cpSync(join(PROJECT_DIR, 'hubspot'), join(root, 'hubspot'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const given = (variables: Readonly<Record<string, string>>) => (name: string) => variables[name];
const OAUTH = { HUBSPOT_CLIENT_ID: 'local-app' };

/** What `npm start` does before it starts the functions. */
function seed(variables: Readonly<Record<string, string>> = {}) {
  const state = createSimulatorState(() => 0);
  seedPortal(state);
  seedApp(state, { PUBLIC_BASE_URL: 'http://127.0.0.1:3000', ...variables }, readLocalProject(root, given(variables)));
  return state;
}

function requireInTemplate(scopes: readonly string[], where: 'requiredScopes' | 'optionalScopes' = 'requiredScopes') {
  const app = JSON.parse(readFileSync(join(root, APP_FILE), 'utf8'));
  app.config.auth[where] = scopes;
  writeFileSync(join(root, APP_FILE), JSON.stringify(app));
}

function writeProject(folder: string, auth: 'static' | 'oauth'): void {
  const support = {
    supportEmail: 'help@acme.dev',
    documentationUrl: 'https://acme.dev/d',
    supportUrl: 'https://acme.dev/s',
  };
  for (const [path, text] of hubspotProjectFiles({ publicBaseUrl: 'https://owner.acme.dev', auth, support })) {
    const file = join(root, folder, path.replace(/^hubspot\//, ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const tokensOf = (state: ReturnType<typeof seed>) => [...getPortal(state, LOCAL_PORTAL_ID).tokens];

it('The static token of the local stack has exactly the scopes that the project requires', () => {
  const scopes = ['oauth', 'crm.objects.owners.read', 'tickets'];
  requireInTemplate(scopes);

  expect(tokensOf(seed())).toMatchObject([[LOCAL_ACCESS_TOKEN, { scopes: new Set(scopes) }]]);
});

it.each(['nowhere', 'hubspot/src'])(
  'The local stack does not start on a folder that is no HubSpot project: %s',
  (folder) => {
    expect(() => seed({ HUBSPOT_PROJECT_DIR: folder })).toThrow(
      `HUBSPOT_PROJECT_DIR: ${folder}/ is no HubSpot project; it has no hsproject.json`,
    );
  },
);

it('The local stack does not start on a static project that asks for an optional scope', () => {
  requireInTemplate(['tickets'], 'optionalScopes');

  expect(() => seed()).toThrow(/static app has required scopes only/);
});

it('The local stack has no static token where accounts install the app, and the app asks for the scopes of an OAuth project', () => {
  const state = seed(OAUTH);

  expect(tokensOf(state)).toEqual([]);
  expect(state.apps.get('local-app')).toMatchObject({
    requiredScopes: REQUIRED_SCOPES,
    optionalScopes: OPTIONAL_SCOPES,
    redirectUris: ['http://127.0.0.1:3000/oauth/callback'],
  });
});

it('The local stack takes the project of a given folder, and checks it as an upload is checked', () => {
  writeProject('.hubspot-project/prod', 'static');

  expect(tokensOf(seed({ HUBSPOT_PROJECT_DIR: '.hubspot-project/prod' }))).toHaveLength(1);
  expect(() => seed({ HUBSPOT_PROJECT_DIR: 'hubspot' })).toThrow(/is a placeholder/);
});

it('The local stack takes a given OAuth project for accounts that install the app', () => {
  writeProject('.hubspot-project/oauth', 'oauth');

  expect(seed({ ...OAUTH, HUBSPOT_PROJECT_DIR: '.hubspot-project/oauth' }).apps.size).toBe(1);
});

it.each([
  {
    folder: 'hubspot',
    auth: 'static',
    variables: { ...OAUTH, HUBSPOT_PROJECT_DIR: 'hubspot' },
    why: /not for a static/,
  },
  { folder: 'hubspot', auth: 'oauth', variables: {}, why: /HUBSPOT_CLIENT_ID: needed/ },
] as const)('The error names HUBSPOT_CLIENT_ID when the project is for the other way of installing: $auth', (row) => {
  writeProject(row.folder, row.auth);

  expect(() => seed(row.variables)).toThrow(row.why);
});
