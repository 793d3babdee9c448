import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

it.each([
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
