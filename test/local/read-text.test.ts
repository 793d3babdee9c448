import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, writeSettings } from '../../local/deploy/settings.ts';
import { readGivenEnvironment } from '../../local/given-environment.ts';
import { readText } from '../../local/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));

it('A file that a person made is read as text', () => {
  writeFileSync(join(folder, 'a.env'), 'A=1\n');
  expect(readText(join(folder, 'a.env'), 'a.env')).toBe('A=1\n');
});

const UTF_16 = Buffer.from([0xff, 0xfe]);
it.each([
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffA=1\r\nB=ü\r\n')],
  ['UTF-16', Buffer.concat([UTF_16, Buffer.from('A=1\r\nB=ü\r\n', 'utf16le')])],
])('Settings that an editor on Windows saved as %s are read, and its first line counts', (_as, bytes) => {
  mkdirSync(join(folder, 'deploy'), { recursive: true });
  writeFileSync(join(folder, 'deploy/win.env'), bytes);
  expect(readSettings(folder, 'win')).toEqual({ A: '1', B: 'ü' });
  expect(writeSettings(folder, 'win', { A: '2' })).toBe(true);
  expect(readSettings(folder, 'win')).toEqual({ A: '2', B: 'ü' });
});

it('A .env that an editor on Windows saved with a byte order mark is read like any other, and the shell wins', () => {
  writeFileSync(join(folder, '.env.example'), 'PORT=\nTABLE_NAME=\n');
  writeFileSync(join(folder, '.env'), '\ufeffPORT=3100\r\nTABLE_NAME="my table"\r\n');
  const environment = { ...process.env };
  process.env = { PATH: environment.PATH, TABLE_NAME: 'from-shell' };
  try {
    const given = readGivenEnvironment(folder);
    expect([given('PORT'), given('TABLE_NAME')]).toEqual(['3100', 'from-shell']);
  } finally {
    process.env = environment;
  }
});

it('A file that is missing, and a folder in its place, are named in the error', () => {
  expect(() => readText(join(folder, 'b.env'), 'b.env')).toThrow('b.env does not exist');
  expect(() => readText(folder, 'deploy/prod.env')).toThrow('deploy/prod.env cannot be read (EISDIR)');
});

it('The settings of a stage without a file are undefined, which is no error', () => {
  expect(readSettings(folder, 'prod')).toBeUndefined();
});
