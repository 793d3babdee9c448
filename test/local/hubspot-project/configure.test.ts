import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import de from '../../../lib/action/labels/de.json' with { type: 'json' };
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, scopesFor } from '../../../lib/domain/scopes.ts';
import { ProjectRefusedError, writeProject } from '../../../local/hubspot-project/configure.ts';
import { configure } from '../../../local/hubspot-project/configure-command.ts';
import { generate } from '../../../local/hubspot-project/generate.ts';
import { hubspotProjectFiles } from '../../../local/hubspot-project/hubspot-project.ts';
import { writeFolder } from '../../../local/hubspot-project/project-folder.ts';
import { newIdentity } from '../../../local/hubspot-project/project-identity.ts';
import { BASE_URL, makeRoot, SUPPORT } from './template-root.ts';

const GIVEN = [
  '--base-url',
  BASE_URL,
  '--support-email',
  SUPPORT.supportEmail,
  '--documentation-url',
  SUPPORT.documentationUrl,
  '--support-url',
  SUPPORT.supportUrl,
];
const FOLDER = '.hubspot-project/prod';

let root: string;
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const app = (folder = FOLDER) => read(`${folder}/src/app/app-hsmeta.json`).config;
const action = (name: string) => read(`${FOLDER}/src/app/workflow-actions/${name}-owner-by-email-hsmeta.json`).config;
const identity = (folder = FOLDER) => [
  read(`${folder}/hsproject.json`).name,
  read(`${folder}/src/app/app-hsmeta.json`).uid,
];

async function run(...args: string[]): Promise<string> {
  const { lines, exitCode } = await configure(root, args);
  expect([exitCode, lines]).toEqual([0, lines]);
  return lines.join('\n');
}

describe('npm run hubspot:configure', () => {
  it('Configuring the project fills in the address, the name and the way of installing', async () => {
    const told = await run(...GIVEN, '--base-url', `${BASE_URL}/x`, '--app-name', 'Acme owners', '--auth', 'oauth');
    expect(told).toContain('cd .hubspot-project/prod && hs project upload');
    expect(app()).toMatchObject({
      name: 'Acme owners',
      distribution: 'marketplace',
      support: SUPPORT,
      auth: {
        type: 'oauth',
        redirectUrls: [`${BASE_URL}/x/oauth/callback`],
        requiredScopes: REQUIRED_SCOPES,
        optionalScopes: OPTIONAL_SCOPES,
      },
    });
    expect(action('set').actionUrl).toBe(`${BASE_URL}/x/actions/set-owner-by-email`);
  });

  it('Configuring the project writes a folder that can be uploaded, with its logo, and leaves the template unchanged', async () => {
    generate(root);
    const before = readFileSync(join(root, 'hubspot/hsproject.json'), 'utf8');
    await run(...GIVEN);
    const logo = app().logo.replace(/^\//, '');
    expect(readFileSync(join(root, FOLDER, 'src', logo))).toEqual(readFileSync(join(root, 'hubspot/src', logo)));
    expect(existsSync(join(root, FOLDER, 'README.md'))).toBe(false);
    expect(readFileSync(join(root, 'hubspot/hsproject.json'), 'utf8')).toBe(before);
  });

  it('Configuring the project keeps what was configured before', async () => {
    await run(...GIVEN, '--app-name', 'Acme owners', '--no-agents', '--language', 'de', '--objects', 'leads');
    expect(await run('--stage', 'prod')).toContain('nothing to change');
    await run('--base-url', 'https://other.acme.test');
    expect(app()).toMatchObject({ name: 'Acme owners', support: SUPPORT });
    expect(app().auth.requiredScopes).toContain('crm.objects.leads.write');
    expect(action('find').supportedClients).toEqual([{ client: 'WORKFLOWS' }]);
    expect(action('find').outputFields[0].typeDefinition.options[1].label).toBe(
      de.outputFieldOptionLabels.outcome.ALREADY_ASSIGNED,
    );
    await run('--agents', '--language', 'en', '--auth', 'oauth');
    expect(app()).toMatchObject({ name: 'Acme owners', distribution: 'marketplace', auth: { type: 'oauth' } });
    expect(action('find').supportedClients).toHaveLength(2);
    expect(action('find').outputFields[0].typeDefinition.options[1].label).toBe('Already assigned');
  });

  it('The project asks for the chosen objects and features, and keeps them when something else is configured', async () => {
    await run(...GIVEN, '--objects', 'leads, custom', '--features', 'users');
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
    await run('--app-name', 'Acme owners');
    expect(app().auth.requiredScopes).toEqual(scopes);
    await run('--features', '');
    expect(app().auth.requiredScopes).toEqual(scopes.slice(0, -1));
  });

  it('The project asks for every object with owners when handovers are chosen, and keeps that when something else is configured', async () => {
    await run(...GIVEN, '--objects', 'contacts', '--features', 'handover');
    const scopes = app().auth.requiredScopes;
    expect(scopes).toEqual(scopesFor({ objects: ['contacts'], features: ['handover'] }));
    await run('--app-name', 'Acme owners');
    expect(new Set(app().auth.requiredScopes)).toEqual(new Set(scopes));
  });

  it('Configuring the project deletes a component of an earlier version, which HubSpot would deploy', async () => {
    await run(...GIVEN);
    const old = `${FOLDER}/src/app/workflow-actions/old-hsmeta.json`;
    writeFileSync(join(root, old), '{}');
    expect(await run('--app-name', 'Acme owners')).toContain(`${old}: deleted`);
    expect(existsSync(join(root, old))).toBe(false);
  });

  it('Every stage has a project of its own, so that no upload replaces another stage', async () => {
    await run(...GIVEN);
    await run(...GIVEN, '--stage', 'dev');
    expect(identity()).toEqual(['set-owner-by-email', 'set_owner_by_email_app']);
    expect(identity('.hubspot-project/dev')).toEqual(['set-owner-by-email-dev', 'set_owner_by_email_app']);
  });

  it('The project takes the name and uid of an app that was uploaded from elsewhere, and keeps them', async () => {
    const names = ['--project-name', 'acme-owners', '--app-uid', 'acme_owners_app'];
    await run(...GIVEN, ...names);
    await run('--app-name', 'Acme owners');
    expect(identity()).toEqual(['acme-owners', 'acme_owners_app']);
    const { lines, exitCode } = await configure(root, ['--project-name', 'others']);
    expect(exitCode).toBe(1);
    expect(lines.join('\n')).toContain('name is not acme-owners, which was uploaded');
    expect(identity()).toEqual(['acme-owners', 'acme_owners_app']);
  });

  it.each([
    [
      ['--objects', 'contacts,orders'],
      '--objects knows contacts, companies, deals, tickets, leads, custom; not orders',
    ],
    [['--objects', ''], '--objects needs at least one of contacts'],
    [['--features', 'flow'], '--features knows queue, users, roles, handover; not flow'],
    [['--auth', 'oauth', '--objects', 'contacts'], '--objects and --features are for --auth static'],
    [['--support-email', 'nobody'], 'support.supportEmail: not an email address'],
    [['--support-url', 'http://own.acme.test'], 'support.supportUrl: not an https:// address'],
    [['--support-email', 'help@example.com'], 'help@example.com is a placeholder'],
    [['--documentation-url', 'https://your-company.com/docs'], 'https://your-company.com/docs is a placeholder'],
    [
      ['--base-url', 'https://owner.example.com'],
      'https://owner.example.com/actions/set-owner-by-email is a placeholder',
    ],
    [['--base-url', 'https://localhost:3000'], 'actionUrl: not a public https:// address'],
    [['--auth', 'magic'], '--auth must be static or oauth'],
    [['--language', 'it'], '--language must be en, de, fr, es, pt-br, ja or nl'],
    [['--stage', '../up'], 'the stage must be lower-case letters, digits and hyphens'],
    [['--stage', 'oauth'], 'set-owner-by-email-oauth is the name of an oauth project'],
    [['--project-name', 'set-owner-by-email-oauth'], 'set-owner-by-email-oauth is the name of an oauth project'],
    [['--app-uid', 'set_owner_by_email_oauth_app'], 'is the uid of an app with auth oauth'],
    [['--app-name', ' '], '--app-name must be 2 to 64 characters'],
    [['--base-url', 'http://own.acme.test'], 'PUBLIC_BASE_URL must be an https:// address'],
    [['--base-url', 'https://own.acme.test?a=1'], 'no query, fragment or password'],
    [['--baseurl', 'https://own.acme.test'], 'baseurl'],
  ])('The command refuses %j and writes nothing', async (args, problem) => {
    const report = await configure(root, [...GIVEN, ...args]);
    expect(report.exitCode).toBe(1);
    expect(report.lines.join('\n')).toContain(problem);
    expect(existsSync(join(root, '.hubspot-project'))).toBe(false);
  });

  it('The command shows how it is used when nothing is given, and names the missing addresses', async () => {
    expect((await configure(root, [])).lines.join('\n')).toContain('Usage: npm run hubspot:configure');
    expect((await configure(root, ['--base-url', BASE_URL])).lines).toEqual([
      'src/app/app-hsmeta.json: support@example.com is a placeholder',
      'src/app/app-hsmeta.json: https://example.com/docs is a placeholder',
      'src/app/app-hsmeta.json: https://example.com/support is a placeholder',
      'Give your own addresses with --base-url, --support-email, --documentation-url and --support-url.',
    ]);
  });
});

describe('a project of an earlier version, whose labels were codes and which had no agents', () => {
  function writeFormer(options: object, spoil: (text: string) => string = (text) => text): void {
    const files = hubspotProjectFiles({ publicBaseUrl: BASE_URL, support: SUPPORT, agents: false, ...options });
    const coded = [...files].map(
      ([path, text]) => [path, spoil(text.replaceAll('"Owner assigned"', '"ASSIGNED"'))] as const,
    );
    writeFolder(join(root, FOLDER), new Map(coded));
  }

  it('A project of an earlier version keeps its address, name and uid, and becomes a tool of agents', async () => {
    writeFormer({ auth: 'oauth', appName: 'Acme owners', identity: { ...newIdentity('static'), auth: 'oauth' } });
    await run('--stage', 'prod');
    expect(app()).toMatchObject({ name: 'Acme owners', auth: { type: 'oauth' }, support: SUPPORT });
    expect(identity()).toEqual(['set-owner-by-email', 'set_owner_by_email_app']);
    expect(action('find').supportedClients).toHaveLength(2);
  });

  it('A project of an earlier version gets a new name and uid when it becomes a static app, because HubSpot changes the auth of neither', async () => {
    writeFormer({ auth: 'oauth' });
    await run('--auth', 'static');
    expect(identity()).toEqual(['set-owner-by-email', 'set_owner_by_email_app']);
  });

  it('A project of an earlier version that required no scopes gets those of the default objects', async () => {
    const few = JSON.stringify(REQUIRED_SCOPES);
    writeFormer({}, (text) => text.replace(/"requiredScopes": \[[^\]]*\]/, `"requiredScopes": ${few}`));
    await run('--app-name', 'Acme owners');
    expect(app().auth.requiredScopes).toContain('crm.objects.deals.write');
  });
});

describe('writeProject', () => {
  it('A project is written to any folder, with the identity of the app in HubSpot, and the second time nothing changes', async () => {
    const target = join(root, 'elsewhere');
    const options = { root, publicBaseUrl: `${BASE_URL}:443/`, auth: 'oauth', support: SUPPORT, stage: 'dev' } as const;
    const first = await writeProject(options, target);
    expect(first).toMatchObject({ projectDir: target, identity: newIdentity('oauth', 'dev') });
    expect(first.changes.length).toBeGreaterThan(4);
    expect(await writeProject(options, target)).toEqual({ ...first, changes: [] });
  });

  it('A project with problems is not written, and all problems are named at once', async () => {
    await writeProject({ root, publicBaseUrl: BASE_URL, support: SUPPORT });
    const before = app();
    const support = { ...SUPPORT, supportEmail: 'help@example.org', supportUrl: 'http://acme.test' };
    const refused = writeProject({ root, support });
    await expect(refused).rejects.toBeInstanceOf(ProjectRefusedError);
    await expect(refused).rejects.toMatchObject({
      problems: [expect.stringContaining('support.supportUrl'), expect.stringContaining('help@example.org')],
    });
    expect(app()).toEqual(before);
  });

  it('A project without an address is written only where one was configured before', async () => {
    await expect(writeProject({ root, support: SUPPORT })).rejects.toMatchObject({
      problems: ['the address of the service is missing'],
    });
  });
});
