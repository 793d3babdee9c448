import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../lib/domain/scopes.ts';
import { configure } from '../../../local/hubspot-project/configure.ts';
import { readConfigured } from '../../../local/hubspot-project/configured-project.ts';
import { generate } from '../../../local/hubspot-project/generate.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'configure-'));
});

afterEach(() => rmSync(root, { recursive: true }));

const app = () => JSON.parse(readFileSync(join(root, 'hubspot/src/app/app-hsmeta.json'), 'utf8')).config;
const action = () =>
  JSON.parse(readFileSync(join(root, 'hubspot/src/app/workflow-actions/set-owner-by-email-hsmeta.json'), 'utf8'))
    .config;

it('fills in the address, the name and the way of installing', () => {
  const report = configure(root, [
    '--base-url',
    'https://own.example.com/x',
    '--app-name',
    'Acme owners',
    '--auth',
    'oauth',
  ]);
  expect(report.exitCode).toBe(0);
  expect(app()).toMatchObject({
    name: 'Acme owners',
    distribution: 'marketplace',
    auth: {
      type: 'oauth',
      redirectUrls: ['https://own.example.com/x/oauth/callback'],
      requiredScopes: REQUIRED_SCOPES,
      optionalScopes: OPTIONAL_SCOPES,
    },
  });
  expect(action().actionUrl).toBe('https://own.example.com/x/actions/set-owner-by-email');
});

it('keeps what was configured before, also when everything is generated anew or checked', () => {
  configure(root, ['--base-url', 'https://own.example.com', '--app-name', 'Acme owners', '--auth', 'oauth']);
  expect(configure(root, ['--auth', 'static']).exitCode).toBe(0);
  expect(app()).toMatchObject({ name: 'Acme owners', distribution: 'private', auth: { type: 'static' } });
  expect(app().auth).not.toHaveProperty('redirectUrls');
  expect(generate(root, { ...readConfigured(root), check: true }).exitCode).toBe(0);
  expect(generate(root, { ...readConfigured(root), check: false }).lines).toEqual(['nothing to change']);
});

it('A static app asks for the objects and features that were chosen, and keeps the choice when something else is configured', () => {
  const BASE = ['--base-url', 'https://own.example.com'];
  expect(configure(root, [...BASE, '--objects', 'leads, custom', '--features', 'users']).exitCode).toBe(0);
  const scopes = [
    'oauth',
    'crm.objects.owners.read',
    'crm.objects.leads.read',
    'crm.objects.leads.write',
    'crm.schemas.leads.read',
    'crm.objects.custom.read',
    'crm.objects.custom.write',
    'crm.schemas.custom.read',
    'crm.objects.users.read',
  ];
  expect(app().auth.requiredScopes).toEqual(scopes);
  configure(root, ['--app-name', 'Acme owners']);
  expect(app().auth.requiredScopes).toEqual(scopes);
  configure(root, ['--features', '']);
  expect(app().auth.requiredScopes).toEqual(scopes.slice(0, -1));
  expect(generate(root, { ...readConfigured(root), check: true }).exitCode).toBe(0);
});

it('A project of an earlier version, which required no object scopes, gets those of the default objects', () => {
  configure(root, ['--base-url', 'https://own.example.com']);
  const path = join(root, 'hubspot/src/app/app-hsmeta.json');
  const project = JSON.parse(readFileSync(path, 'utf8'));
  const { requiredScopes } = project.config.auth;
  project.config.auth = { ...project.config.auth, requiredScopes: REQUIRED_SCOPES, optionalScopes: OPTIONAL_SCOPES };
  writeFileSync(path, JSON.stringify(project));
  configure(root, ['--app-name', 'Acme owners']);
  expect(app().auth).toMatchObject({ requiredScopes, optionalScopes: [] });
});

it('A project that was uploaded as OAuth under the former name keeps its name and uid, and gets new ones as a static app', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const identity = () => [read('hubspot/hsproject.json').name, read('hubspot/src/app/app-hsmeta.json').uid];
  configure(root, ['--base-url', 'https://own.example.com', '--auth', 'oauth']);
  expect(identity()).toEqual(['set-owner-by-email-oauth', 'set_owner_by_email_oauth_app']);
  for (const file of ['hubspot/hsproject.json', 'hubspot/src/app/app-hsmeta.json']) {
    const former = readFileSync(join(root, file), 'utf8').replace('-oauth"', '"').replace('_oauth_app"', '_app"');
    writeFileSync(join(root, file), former);
  }
  configure(root, ['--app-name', 'Acme owners']);
  expect(identity()).toEqual(['set-owner-by-email', 'set_owner_by_email_app']);
  configure(root, ['--auth', 'static']);
  configure(root, ['--auth', 'oauth']);
  expect(identity()).toEqual(['set-owner-by-email-oauth', 'set_owner_by_email_oauth_app']);
});

it('The support addresses of the app are what was given, and stay', () => {
  const support = {
    supportEmail: 'ops@own.example.com',
    documentationUrl: 'https://own.example.com/docs',
    supportUrl: 'https://own.example.com/help',
  };
  configure(root, ['--support-email', support.supportEmail, '--documentation-url', support.documentationUrl]);
  configure(root, ['--support-url', support.supportUrl]);
  expect(app().support).toEqual(support);
});

it.each([
  [['--objects', 'contacts,orders'], '--objects knows contacts, companies, deals, tickets, leads, custom; not orders'],
  [['--objects', ''], '--objects needs at least one of contacts'],
  [['--features', 'flow'], '--features knows queue, users, roles; not flow'],
  [['--auth', 'oauth', '--objects', 'contacts'], '--objects and --features are for --auth static'],
  [['--support-email', 'nobody'], '--support-email must be an email address'],
  [['--support-url', 'http://own.example.com'], '--support-url must be an https:// address'],
  [[], 'usage: npm run hubspot:configure'],
  [['--auth', 'magic'], '--auth must be static or oauth'],
  [['--app-name', ' '], '--app-name must be 2 to 64 characters'],
  [['--base-url', 'http://own.example.com'], 'PUBLIC_BASE_URL must be an https:// address'],
  [['--base-url', 'https://own.example.com?a=1'], 'no query, fragment or password'],
  [['--baseurl', 'https://own.example.com'], 'baseurl'],
])('refuses %j and writes nothing', (args, problem) => {
  const report = configure(root, args);
  expect(report.exitCode).toBe(1);
  expect(report.lines.join('\n')).toContain(problem);
  expect(() => app()).toThrow('ENOENT');
});
