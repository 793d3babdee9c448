import type { Metafile } from 'esbuild';
import { bundledPackages, licenseTexts } from '../../../local/release/licenses.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

function bundle(files: Readonly<Record<string, number>>): Metafile {
  const inputs = Object.fromEntries(Object.entries(files).map(([path, bytesInOutput]) => [path, { bytesInOutput }]));
  return { inputs: {}, outputs: { 'a.cjs': { bytes: 1, imports: [], exports: [], inputs } } };
}

it('A package counts as bundled if something of it is left, also inside of another package', () => {
  const files = {
    'lib/domain/email.ts': 9,
    'node_modules/zod/v4/core.js': 9,
    'node_modules/zod/v4/mini.js': 9,
    'node_modules/@middy/core/index.js': 9,
    'node_modules/jest/node_modules/@a/b/index.js': 9,
    'node_modules/form-data/index.js': 0,
  };
  expect(bundledPackages(bundle(files))).toEqual([
    'node_modules/@middy/core',
    'node_modules/jest/node_modules/@a/b',
    'node_modules/zod',
  ]);
});

it('The licenses of a release are our own and those of each package, with their copyright lines', () => {
  const packages = ['@aws-sdk/client-sqs', '@middy/core', 'zod', '@aws-lambda-powertools/logger'];
  const [, ...sections] = licenseTexts(
    PROJECT_DIR,
    packages.map((name) => `node_modules/${name}`),
  ).split(/^=+\n/m);
  expect(sections.map((text) => text.split(' ')[0])).toEqual(['set-owner-by-email', ...packages]);
  const [own, apache, middy, zod, powertools] = sections;
  expect(own).toContain('The set-owner-by-email maintainers');
  expect(apache).toContain('Apache License');
  expect(middy).toContain('Copyright (c) Middy contributors\n\nPermission is hereby granted');
  expect(zod).toContain('Copyright (c) 2025 Colin McDonnell\n\nPermission is hereby granted');
  expect(powertools).toContain('License: MIT-0');
});

it('A release fails if the license text of a package is not known', () => {
  expect(() => licenseTexts(PROJECT_DIR, ['hubspot/src/app/settings'])).toThrow('has no license text');
});
