import { join } from 'node:path';
import { REQUIRED_SCOPES } from '../../../lib/domain/scopes.ts';
import { hubspotProjectFiles } from '../../../local/hubspot-project/hubspot-project.ts';
import { installStaticApp, uploadProject } from '../../../local/simulator/install-project.ts';
import { ALL_SCOPES } from '../../../local/simulator/object-types.ts';
import { type ProjectFiles, readProjectFolder } from '../../../local/simulator/project-files.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { getPortal } from '../../../local/simulator/state.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const running = useSimulator();

const APP_FILE = 'src/app/app-hsmeta.json';
const ACTION_FILE = 'src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const ADDRESS = 'https://owner.acme.dev';
const SUPPORT = {
  supportEmail: 'help@acme.dev',
  documentationUrl: 'https://acme.dev/docs',
  supportUrl: 'https://acme.dev/help',
};
const TOKEN = 'pat-test-installed';

type Purpose = NonNullable<Parameters<typeof hubspotProjectFiles>[0]['purpose']>;

/** The files as they lie in the project's folder. */
function projectFor(auth: 'static' | 'oauth', purpose?: Purpose): Map<string, string> {
  const options = { publicBaseUrl: ADDRESS, auth, support: SUPPORT, ...(purpose !== undefined && { purpose }) };
  const files = hubspotProjectFiles(options);
  return new Map([...files].map(([path, text]) => [path.replace(/^hubspot\//, ''), text]));
}

type Json = { [name: string]: Json | string | string[] };

function edit(files: ProjectFiles, path: string, change: (json: Json) => void): Map<string, string> {
  const json = JSON.parse(files.get(path) ?? '{}') as Json;
  change(json);
  return new Map([...files, [path, JSON.stringify(json)]]);
}

const editAuth = (files: ProjectFiles, changes: Json) =>
  edit(files, APP_FILE, (json) => Object.assign(Object((json.config as Json).auth), changes));
const editSupport = (files: ProjectFiles, changes: Json) =>
  edit(files, APP_FILE, (json) => Object.assign(Object((json.config as Json).support), changes));
const editConfig = (files: ProjectFiles, path: string, changes: Json) =>
  edit(files, path, (json) => Object.assign(Object(json.config), changes));

const staticProject = projectFor('static');
const oauthProject = projectFor('oauth');
const nameOf = (files: ProjectFiles) => String(JSON.parse(files.get('hsproject.json') ?? '{}').name);
const NAME = nameOf(staticProject);
const OAUTH_NAME = nameOf(oauthProject);

const upload = (files: ProjectFiles) => uploadProject(running().simulator.state, files);
const requiredIn = (files: ProjectFiles): readonly string[] => upload(files).app.requiredScopes;

function install(token = TOKEN, portalId = PORTAL_ID) {
  return installStaticApp(running().simulator.state, NAME, portalId, token);
}

it('An account accepts the generated projects, static and OAuth side by side', () => {
  expect(upload(projectFor('static'))).toMatchObject({ name: NAME, app: { auth: 'static', optionalScopes: [] } });
  expect(upload(projectFor('oauth'))).toMatchObject({
    name: `${NAME}-oauth`,
    app: { requiredScopes: REQUIRED_SCOPES },
  });
});

it('An account accepts the repository’s project as a template only, because its addresses are placeholders', () => {
  const { state } = running().simulator;
  const files = readProjectFolder(join(PROJECT_DIR, 'hubspot'));

  expect(() => uploadProject(state, files)).toThrow(/support@example\.com is a placeholder/);
  expect(() => uploadProject(state, files)).toThrow(/actionUrl https:\/\/owner\.example\.com.* is a placeholder/);
  expect(uploadProject(state, files, { isTemplate: true }).app.auth).toBe('static');
});

it.each<{ why: string; files: ProjectFiles; refusal: RegExp }>([
  {
    why: 'a static app has an optional scope',
    files: editAuth(staticProject, { optionalScopes: ['crm.objects.leads.read'] }),
    refusal: /static app has required scopes only.*: crm\.objects\.leads\.read/,
  },
  {
    why: 'a static app has a conditional scope',
    files: editAuth(staticProject, { conditionallyRequiredScopes: ['crm.objects.leads.read'] }),
    refusal: /static app has required scopes only.*: crm\.objects\.leads\.read/,
  },
  {
    why: 'a scope does not exist',
    files: editAuth(staticProject, { requiredScopes: ['oauth', 'crm.owners.read'] }),
    refusal: /scope crm\.owners\.read: unknown/,
  },
  {
    why: 'a scope is no text',
    files: editAuth(staticProject, { requiredScopes: ['oauth', 7 as unknown as string] }),
    refusal: /scope : unknown/,
  },
  {
    why: 'a scope is asked for twice',
    files: editAuth(oauthProject, { optionalScopes: ['oauth'] }),
    refusal: /scope oauth: asked for twice/,
  },
  {
    why: 'the scope oauth is missing',
    files: editAuth(staticProject, { requiredScopes: ['tickets'] }),
    refusal: /oauth is missing/,
  },
  { why: 'auth.type is neither', files: editAuth(staticProject, { type: 'token' }), refusal: /auth\.type token/ },
  {
    why: 'a static app is for the marketplace',
    files: editConfig(staticProject, APP_FILE, { distribution: 'marketplace' }),
    refusal: /needs auth\.type oauth/,
  },
  {
    why: 'the distribution is unknown',
    files: editConfig(staticProject, APP_FILE, { distribution: 'public' }),
    refusal: /distribution public/,
  },
  {
    why: 'an OAuth app has no redirect URL',
    files: editAuth(oauthProject, { redirectUrls: [] }),
    refusal: /needs a redirect URL/,
  },
  {
    why: 'a redirect URL is plain HTTP',
    files: editAuth(oauthProject, { redirectUrls: ['http://owner.acme.dev/oauth/callback'] }),
    refusal: /must use https/,
  },
  {
    why: 'the support email is a placeholder',
    files: editSupport(staticProject, { supportEmail: 'support@example.com' }),
    refusal: /supportEmail: support@example\.com is a placeholder/,
  },
  {
    why: 'a support address is a placeholder',
    files: editSupport(staticProject, { supportUrl: 'https://help.example.org/x' }),
    refusal: /supportUrl: .* is a placeholder/,
  },
  {
    why: 'a support address is no address',
    files: editSupport(staticProject, { documentationUrl: 'docs' }),
    refusal: /documentationUrl: no https address/,
  },
  {
    why: 'an action is at a placeholder',
    files: editConfig(staticProject, ACTION_FILE, { actionUrl: 'https://owner.example.com/actions' }),
    refusal: /actionUrl .* is a placeholder/,
  },
  {
    why: 'an action is at a plain HTTP address',
    files: editConfig(staticProject, ACTION_FILE, { actionUrl: 'http://127.0.0.1:3000/actions' }),
    refusal: /actionUrl must be an https address/,
  },
  {
    why: 'the platform is at its end',
    files: edit(staticProject, 'hsproject.json', (json) => {
      json.platformVersion = '2025.1';
    }),
    refusal: /platformVersion 2025\.1/,
  },
  {
    why: 'the project has no name',
    files: edit(staticProject, 'hsproject.json', (json) => {
      json.name = '';
    }),
    refusal: /name is missing/,
  },
  {
    why: 'there is no app',
    files: new Map([...staticProject].filter(([path]) => path !== APP_FILE)),
    refusal: /has one app, not 0/,
  },
  {
    why: 'two components have one uid',
    files: new Map([...staticProject, ['src/app/copy-hsmeta.json', staticProject.get(ACTION_FILE) ?? '']]),
    refusal: /uid \S+: used twice/,
  },
  {
    why: 'a uid is too long',
    files: edit(staticProject, APP_FILE, (json) => {
      json.uid = 'u'.repeat(65);
    }),
    refusal: /1 to 64 characters/,
  },
  { why: 'a file is no JSON', files: new Map([...staticProject, [APP_FILE, '{']]), refusal: /is no JSON/ },
  { why: 'there is no project', files: new Map(), refusal: /hsproject\.json: is missing/ },
])('An account refuses a project when $why', ({ files, refusal }) => {
  expect(() => upload(files)).toThrow(refusal);
  expect(running().simulator.state.projects.size).toBe(0);
});

it.each<{ what: string; files: ProjectFiles; refusal: RegExp }>([
  {
    what: 'auth',
    files: edit(oauthProject, 'hsproject.json', (json) => {
      json.name = NAME;
    }),
    refusal: /auth\.type cannot change from static/,
  },
  {
    what: 'the app’s uid',
    files: edit(staticProject, APP_FILE, (json) => {
      json.uid = 'another_app';
    }),
    refusal: /the app of this project is \w+/,
  },
  {
    what: 'the project’s name',
    files: edit(staticProject, 'hsproject.json', (json) => {
      json.name = 'renamed';
    }),
    refusal: /belongs to the project \S+/,
  },
  {
    what: 'the distribution',
    files: editConfig(oauthProject, APP_FILE, { distribution: 'private' }),
    refusal: /distribution cannot change from marketplace/,
  },
])('An account refuses a later upload that changes $what', ({ files, refusal }) => {
  upload(staticProject);
  upload(oauthProject);

  expect(() => upload(files)).toThrow(refusal);
});

describe('a static token', () => {
  it('A static token has exactly the scopes that the project requires', () => {
    const required = requiredIn(staticProject);

    expect([...install().scopes]).toEqual(required);
    expect(required).not.toEqual(expect.arrayContaining(['crm.objects.users.read']));
  });

  it('A static token keeps its scopes when the project asks for more, until the app is installed again', async () => {
    upload(staticProject);
    install();
    upload(projectFor('static', { objects: ['contacts'], features: ['users'] }));
    const status = async (token: string) => (await running().call('/crm/objects/2026-09/users', { token })).status;

    expect(await status(TOKEN)).toBe(403);
    install('pat-test-again');
    expect(await status('pat-test-again')).toBe(200);
    expect(await status(TOKEN)).toBe(401);
  });

  it('A static token may keep its value when the app is installed again', () => {
    upload(staticProject);
    install();
    upload(projectFor('static', { objects: ['leads'], features: [] }));

    expect([...install().scopes]).toContain('crm.objects.leads.write');
    expect(getPortal(running().simulator.state, PORTAL_ID).tokens.get(TOKEN)?.scopes.has('tickets')).toBe(false);
  });

  it('A static token is not issued where the subscription lacks a required scope', () => {
    upload(staticProject);
    const availableScopes = new Set(ALL_SCOPES.filter((scope) => scope !== 'automation'));
    const { portalId } = addPortal(running().simulator.state, { availableScopes });

    expect(() => install(TOKEN, portalId)).toThrow(/lacks automation/);
  });

  it('A static token is issued to one customer account and to ten test accounts', () => {
    const { state } = running().simulator;
    upload(staticProject);
    install();
    const tests = Array.from({ length: 11 }, () => addPortal(state, { accountType: 'DEVELOPER_TEST' }).portalId);
    for (const portalId of tests.slice(0, 10)) install(`pat-test-${portalId}`, portalId);

    expect(() => install('pat-test-eleventh', tests.at(-1))).toThrow(/10 account/);
    expect(() => install('pat-test-second', addPortal(state).portalId)).toThrow(/1 account/);
  });

  it('A static token is not issued for an OAuth app, and not for a project that was never uploaded', () => {
    upload(oauthProject);
    const { state } = running().simulator;

    expect(() => installStaticApp(state, OAUTH_NAME, PORTAL_ID, TOKEN)).toThrow(/by OAuth/);
    expect(() => install()).toThrow(/was uploaded/);
  });
});
