import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findLayoutProblems } from '../../../local/hubspot-project/check-layout.ts';
import { findProjectProblems, type KnownProject } from '../../../local/hubspot-project/check-project.ts';
import { findSampleProblems } from '../../../local/hubspot-project/check-samples.ts';
import { hubspotProjectFiles, TEMPLATE } from '../../../local/hubspot-project/hubspot-project.ts';
import { parseFiles } from '../../../local/hubspot-project/project-folder.ts';
import { newIdentity } from '../../../local/hubspot-project/project-identity.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { BASE_URL, SUPPORT } from './template-root.ts';

const APP = 'src/app/app-hsmeta.json';
const SET = 'src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const SETTINGS = 'src/app/settings/settings-hsmeta.json';
const LOGO = 'src/app/app-logo.png';

const render = (options: object) =>
  new Map<string, string>([
    ...hubspotProjectFiles({ publicBaseUrl: BASE_URL, support: SUPPORT, ...options }),
    [LOGO, ''],
    ['src/app/settings/Settings.tsx', ''],
    ['src/app/settings/package.json', '{}'],
  ]);

type Project = ReturnType<typeof render>;
/** Any of the JSON files, with the members that are spoiled here. */
type Component = {
  config: {
    entrypoint: string;
    auth: { requiredScopes: string[]; optionalScopes: string[]; conditionallyRequiredScopes: string[] };
    support: object;
    permittedUrls: { fetch: string[] };
  };
};

function change(project: Project, path: string, spoil: (component: Component) => void): Project {
  const component = JSON.parse(project.get(path) ?? '');
  spoil(component);
  return new Map([...project, [path, JSON.stringify(component)]]);
}

const problemsOf = (project: Project, known?: KnownProject) => findProjectProblems(parseFiles(project), known);

describe('a project that HubSpot would refuse', () => {
  it.each(['static', 'oauth'] as const)('A project that was configured with auth %s is accepted', (auth) => {
    expect(problemsOf(render({ auth }))).toEqual([]);
  });

  it.each<[string, string, (component: Component) => void, string]>([
    [
      'a static app with an optional scope',
      APP,
      (c) => c.config.auth.optionalScopes.push('tickets.x'),
      'auth.optionalScopes: a static app may only require scopes',
    ],
    [
      'a static app with a conditional scope',
      APP,
      (c) => c.config.auth.conditionallyRequiredScopes.push('x'),
      'auth.conditionallyRequiredScopes: a static app may only require scopes',
    ],
    [
      'a static app with a redirect URL',
      APP,
      (c) => Object.assign(c.config.auth, { redirectUrls: [`${BASE_URL}/back`] }),
      'auth.redirectUrls: a static app has none',
    ],
    [
      'a static app for the marketplace',
      APP,
      (c) => Object.assign(c.config, { distribution: 'marketplace' }),
      'distribution: marketplace is for oauth apps only',
    ],
    [
      'a settings page that is not in the project',
      SETTINGS,
      (c) => Object.assign(c.config, { entrypoint: '/app/settings/Other.tsx' }),
      'entrypoint: src/app/settings/Other.tsx is not in the project',
    ],
    [
      'a settings page in another folder',
      SETTINGS,
      (c) => Object.assign(c.config, { entrypoint: '/app/pages/Settings.tsx' }),
      'entrypoint: a .tsx or .jsx file in /app/settings/',
    ],
    [
      'a settings page with a location, which cards have',
      SETTINGS,
      (c) => Object.assign(c.config, { location: 'settings' }),
      'config: location is not allowed',
    ],
    [
      'an app without a scope',
      APP,
      (c) => Object.assign(c.config.auth, { requiredScopes: [] }),
      'auth.requiredScopes: at least one',
    ],
    [
      'a scope that is there twice',
      APP,
      (c) => c.config.auth.requiredScopes.push('oauth'),
      'auth: oauth is there twice',
    ],
    [
      'an auth that HubSpot does not have',
      APP,
      (c) => Object.assign(c.config.auth, { type: 'key' }),
      'auth.type: static or oauth',
    ],
    ['an app without a name', APP, (c) => Object.assign(c.config, { name: '' }), 'name: 1 to 200 characters'],
    [
      'a logo that is not there',
      APP,
      (c) => Object.assign(c.config, { logo: '/app/other.png' }),
      'logo: /app/other.png is not in the project',
    ],
    ['a logo that is a drawing', APP, (c) => Object.assign(c.config, { logo: '/app/app-logo.svg' }), 'logo: not a png'],
    [
      'a support page without https',
      APP,
      (c) => Object.assign(c.config.support, { supportUrl: 'http://acme.test' }),
      'support.supportUrl: not an https:// address',
    ],
    [
      'a fetch address with a wildcard',
      APP,
      (c) => c.config.permittedUrls.fetch.push('https://*.acme.test'),
      'permittedUrls.fetch',
    ],
    [
      'a member that the app does not have',
      APP,
      (c) => Object.assign(c.config, { scopes: [] }),
      'config: scopes is not allowed',
    ],
    [
      'a placeholder as support email',
      APP,
      (c) => Object.assign(c.config.support, { supportEmail: 'you@example.com' }),
      'you@example.com is a placeholder',
    ],
    [
      'a placeholder as support page',
      APP,
      (c) => Object.assign(c.config.support, { supportUrl: 'https://help.example.org/x' }),
      'https://help.example.org/x is a placeholder',
    ],
    [
      'a placeholder from a guide',
      APP,
      (c) => Object.assign(c.config.support, { supportUrl: 'https://your-company.com' }),
      'https://your-company.com is a placeholder',
    ],
    [
      'an action at a placeholder',
      SET,
      (c) => Object.assign(c.config, { actionUrl: 'https://owner.example.com/a' }),
      'https://owner.example.com/a is a placeholder',
    ],
    [
      'an action without https',
      SET,
      (c) => Object.assign(c.config, { actionUrl: 'http://owner.acme.test/a' }),
      'actionUrl: not a public https:// address',
    ],
    [
      'an action on a machine of its own',
      SET,
      (c) => Object.assign(c.config, { actionUrl: 'https://10.0.0.7/a' }),
      'actionUrl: not a public https:// address',
    ],
    [
      'a uid that is there twice',
      SET,
      (c) => Object.assign(c, { uid: 'find_owner_by_email' }),
      'uid: find_owner_by_email is there twice',
    ],
    ['a uid with a space', SET, (c) => Object.assign(c, { uid: 'set owner' }), 'uid: 1 to 64 letters'],
    [
      'a type in the wrong folder',
      SET,
      (c) => Object.assign(c, { type: 'settings' }),
      'type: settings belongs elsewhere',
    ],
    ['a second app', SET, (c) => Object.assign(c, { type: 'app' }), 'src/app: not exactly one app'],
    [
      'another platform',
      'hsproject.json',
      (c) => Object.assign(c, { platformVersion: '2025.1' }),
      'platformVersion is not 2026.09',
    ],
  ])('A project that HubSpot would refuse is reported: it has %s', (_what, path, spoil, problem) => {
    expect(problemsOf(change(render({}), path, spoil)).join('\n')).toContain(problem);
  });

  it.each([
    ['http://acme.test/oauth/callback', 'is not https://'],
    ['', 'is not https://'],
  ])('A project with the redirect URL "%s" is reported', (url, problem) => {
    const project = change(render({ auth: 'oauth' }), APP, (c) =>
      Object.assign(c.config.auth, { redirectUrls: [url] }),
    );
    expect(problemsOf(project).join('\n')).toContain(problem);
  });

  it('A project is reported with an OAuth app without a redirect URL, and with a component that is not JSON', () => {
    const project = change(render({ auth: 'oauth' }), APP, (c) => Object.assign(c.config.auth, { redirectUrls: [] }));
    expect(problemsOf(new Map([...project, [SET, '{']]))).toEqual([
      `${APP}: auth.redirectUrls: an oauth app needs one`,
      `${SET}: is not JSON`,
    ]);
  });
});

describe('a project name or uid that is not this app’s', () => {
  const named = (projectName: string, appUid: string, auth: 'static' | 'oauth') => ({ projectName, appUid, auth });

  it.each([
    [
      'of the other kind of app',
      { auth: 'static', identity: { ...newIdentity('oauth'), auth: 'static' } },
      undefined,
      'name of an oauth project',
    ],
    [
      'of a stage of the other kind of app',
      { auth: 'static', stage: 'oauth-dev' },
      undefined,
      'name of an oauth project',
    ],
    ['of the template', TEMPLATE, undefined, 'this is the template'],
    ['other than the uploaded one', {}, named('acme', 'acme_app', 'static'), 'name is not acme, which was uploaded'],
    [
      'that was uploaded with another auth',
      { auth: 'oauth', identity: named('acme', 'acme_app', 'oauth') },
      named('acme', 'acme_app', 'static'),
      'acme was uploaded with auth static',
    ],
  ])('A project name or uid is refused: %s', (_what, options, uploaded, problem) => {
    const project = render({ ...options, publicBaseUrl: BASE_URL });
    expect(problemsOf(project, uploaded && { uploaded }).join('\n')).toContain(problem);
  });

  it('An OAuth app that an earlier version uploaded by the present name of static apps is accepted', () => {
    const uploaded = { ...newIdentity('static'), auth: 'oauth' } as const;
    expect(problemsOf(render({ auth: 'oauth', identity: uploaded }), { uploaded })).toEqual([]);
  });
});

it('The template may have placeholders and its own name, and nothing else that is wrong', () => {
  const template = render({ ...TEMPLATE, support: undefined });
  expect(problemsOf(template, { isTemplate: true })).toEqual([]);
  const [placeholders, others] = [true, false].map((isOne) =>
    problemsOf(template).filter((problem) => problem.endsWith(' is a placeholder') === isOne),
  );
  // Four of the app, and at least one of each action.
  expect(placeholders?.length).toBeGreaterThan(4 + 1);
  expect(others).toEqual(['hsproject.json: this is the template, not a project for an upload']);
  const wrong = change(template, APP, (c) => c.config.auth.optionalScopes.push('x'));
  expect(problemsOf(wrong, { isTemplate: true })).toHaveLength(1);
});

describe('HubSpot’s own library', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layout-'));
    for (const [path, text] of render({})) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const edit = (path: string, spoil: (component: Component) => void) => {
    const component = JSON.parse(readFileSync(join(folder, path), 'utf8'));
    spoil(component);
    writeFileSync(join(folder, path), JSON.stringify(component));
  };

  it('HubSpot’s own library accepts the template and every kind of project that can be configured', async () => {
    expect(await findSampleProblems(PROJECT_DIR)).toEqual([]);
    expect(await findLayoutProblems(folder)).toEqual([]);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'two components with one uid',
      () => edit(SET, (c) => Object.assign(c, { uid: 'find_owner_by_email' })),
      /Duplicate uid/,
    ],
    ['a uid with a space', () => edit(SET, (c) => Object.assign(c, { uid: 'set owner' })), /'uid' should use only/],
    [
      'a component that is not JSON',
      () => writeFileSync(join(folder, SET), '{'),
      /set-owner-by-email-hsmeta\.json: HubSpot cannot read it/,
    ],
    [
      'a component in a folder of its own',
      () => move(SET, 'src/app/actions-of-ours/set-hsmeta.json'),
      /looks for no component in this folder/,
    ],
    [
      'a platform that HubSpot does not have',
      () => edit('hsproject.json', (c) => Object.assign(c, { platformVersion: '2019.1' })),
      /no platform 2019\.1/,
    ],
    ['no hsproject.json', () => rmSync(join(folder, 'hsproject.json')), /Could not read hsproject\.json/],
    ['no component', () => rmSync(join(folder, 'src/app'), { recursive: true }), /No \*-hsmeta\.json files/],
  ])('HubSpot’s own library refuses a project with %s', async (_what, spoil, problem) => {
    spoil();
    expect((await findLayoutProblems(folder)).join('\n')).toMatch(problem);
  });

  function move(from: string, to: string): void {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    renameSync(join(folder, from), join(folder, to));
  }
});

it('The logo is a square PNG file, drawn from the SVG file beside it', () => {
  const template = join(PROJECT_DIR, 'hubspot');
  const png = readFileSync(join(template, LOGO));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 800]);
  expect(existsSync(join(template, LOGO.replace('.png', '.svg')))).toBe(true);
});
