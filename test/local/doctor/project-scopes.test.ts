import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_PURPOSE, scopesFor } from '../../../lib/domain/scopes.ts';
import { findRequiredScopes } from '../../../local/doctor/project-scopes.ts';
import { hubspotProjectFiles } from '../../../local/hubspot-project/hubspot-project.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

const TEMPLATE_ADDRESS = 'https://owner.example.com';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'project-scopes-'));
  cpSync(join(PROJECT_DIR, 'hubspot'), join(root, 'hubspot'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

type Options = Parameters<typeof hubspotProjectFiles>[0];

function writeStage(stage: string, options: Options): void {
  for (const [path, text] of hubspotProjectFiles(options)) {
    const file = join(root, '.hubspot-project', stage, path.replace(/^hubspot\//, ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

it('The expected scopes are those of the project in hubspot/ if it is the one for the address', () => {
  expect([...(findRequiredScopes(root, TEMPLATE_ADDRESS) ?? [])]).toEqual(scopesFor(DEFAULT_PURPOSE));
});

it('The expected scopes are those of the stage whose project has the address', () => {
  const purpose = { objects: ['leads'], features: [] } as const;
  writeStage('dev', { publicBaseUrl: 'https://dev.acme.dev' });
  writeStage('prod', { publicBaseUrl: 'https://owner.acme.dev', purpose });

  expect([...(findRequiredScopes(root, 'https://owner.acme.dev') ?? [])]).toEqual(scopesFor(purpose));
});

it.each([
  ['no project is for the address', 'https://another.acme.dev'],
  ['the address only begins like the one of a project', 'https://owner.example.co'],
  ['the project for the address is one that accounts install by OAuth', 'https://oauth.acme.dev'],
])('The expected scopes are unknown when %s', (_why, address) => {
  writeStage('oauth', { publicBaseUrl: 'https://oauth.acme.dev', auth: 'oauth' });

  expect(findRequiredScopes(root, address)).toBeUndefined();
});

it('The expected scopes are unknown without a project that can be read', () => {
  writeFileSync(join(root, 'hubspot/src/app/app-hsmeta.json'), '{');
  expect(findRequiredScopes(root, TEMPLATE_ADDRESS)).toBeUndefined();

  rmSync(join(root, 'hubspot'), { recursive: true });
  expect(findRequiredScopes(root, TEMPLATE_ADDRESS)).toBeUndefined();
});
