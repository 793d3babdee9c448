import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  checkGenerated,
  describeDrift,
  findTemplateDrift,
  generate,
  generatedFiles,
  templateFiles,
} from '../../../local/hubspot-project/generate.ts';
import { hubspotProjectFiles, PROJECT_ACTIONS, TEMPLATE } from '../../../local/hubspot-project/hubspot-project.ts';

const SET = 'hubspot/src/app/workflow-actions/set-owner-by-email-hsmeta.json';
const APP = 'hubspot/src/app/app-hsmeta.json';
const SERVICE_URL = 'hubspot/src/app/settings/service-url.ts';
const FIND = 'hubspot/src/app/workflow-actions/find-owner-by-email-hsmeta.json';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'generate-'));
  generate(root);
});
afterEach(() => rmSync(root, { recursive: true }));

it('The committed files of the project match the definition', () => {
  const repository = resolve(__dirname, '../../..');
  expect(findTemplateDrift(repository, generatedFiles(repository)).map(describeDrift)).toEqual([]);
});

it('Generated files have nothing to change', () => {
  expect(checkGenerated(root)).toMatchObject({ exitCode: 0 });
  expect(generate(root).lines).toEqual(['nothing to change']);
});

it('The check reports the file whose definition changed, and only that file', () => {
  const actions = PROJECT_ACTIONS.map((action) =>
    action.key === 'setOwner'
      ? { ...action, definition: { ...action.definition, requestedProperties: ['hubspot_owner_id', 'email'] } }
      : action,
  );
  const expected = generatedFiles(root, templateFiles(hubspotProjectFiles(TEMPLATE, actions)));
  expect(checkGenerated(root, expected)).toEqual({
    lines: [`${SET}: does not match the action definition; run npm run generate`],
    exitCode: 1,
  });
});

it('The check reports every file with the address when the address changed', () => {
  const template = hubspotProjectFiles({ ...TEMPLATE, publicBaseUrl: 'https://api.example.com' });
  const { lines } = checkGenerated(root, generatedFiles(root, templateFiles(template)));
  const named = [APP, SERVICE_URL, SET, FIND].map((path) => expect.stringContaining(path));
  expect(lines).toEqual(named);
});

it('The check reports a file that was edited by hand, and generating writes it anew', () => {
  writeFileSync(join(root, 'docs/action-reference.md'), 'by hand');
  expect(checkGenerated(root)).toEqual({
    lines: ['docs/action-reference.md: does not match the action definition; run npm run generate'],
    exitCode: 1,
  });
  expect(readFileSync(join(root, 'docs/action-reference.md'), 'utf8')).toBe('by hand');
  expect(generate(root).lines).toEqual(['docs/action-reference.md: written']);
});

it('The check reports a file that is missing', () => {
  rmSync(join(root, FIND));
  expect(checkGenerated(root)).toEqual({
    lines: [`${FIND}: is missing; run npm run generate`],
    exitCode: 1,
  });
});

it('The check reports a file that HubSpot would deploy although nothing generates it, and never deletes it', () => {
  const surplus = 'hubspot/src/app/workflow-actions/old-hsmeta.json';
  writeFileSync(join(root, surplus), '{}');
  const line = `${surplus}: not part of the generated project; delete it`;
  expect(checkGenerated(root)).toEqual({ lines: [line], exitCode: 1 });
  expect(generate(root).lines).toEqual([line]);
  expect(readFileSync(join(root, surplus), 'utf8')).toBe('{}');
});

it('Generating fills the regions of a README, and the check reports stale ones', () => {
  const path = join(root, 'README.md');
  writeFileSync(path, '# Title\n\n<!-- generated:error-codes -->\n<!-- /generated -->\n');
  expect(checkGenerated(root).lines).toEqual(['README.md: does not match the action definition; run npm run generate']);
  generate(root);
  expect(readFileSync(path, 'utf8')).toContain('| `OWNER_NOT_FOUND` |');
  expect(checkGenerated(root)).toMatchObject({ exitCode: 0 });
});

it('Generating leaves a README without regions unchanged, and creates no README', () => {
  expect(generatedFiles(root).has('README.md')).toBe(false);
  writeFileSync(join(root, 'README.md'), '# Title\n');
  expect(checkGenerated(root)).toMatchObject({ exitCode: 0 });
});
