import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../local/deploy/settings.ts';
import { readText } from '../../local/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));

it('A file that a person made is read as text', () => {
  writeFileSync(join(folder, 'a.env'), 'A=1\n');
  expect(readText(join(folder, 'a.env'), 'a.env')).toBe('A=1\n');
});

it('A file that is missing, and a folder in its place, are named in the error', () => {
  expect(() => readText(join(folder, 'b.env'), 'b.env')).toThrow('b.env does not exist');
  expect(() => readText(folder, 'deploy/prod.env')).toThrow('deploy/prod.env cannot be read (EISDIR)');
});

it('The settings of a stage without a file are undefined, which is no error', () => {
  expect(readSettings(folder, 'prod')).toBeUndefined();
});
