import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { sortTests } from './test/support/projects.ts';

const projectDir = import.meta.dirname;

/** Tests run on the sources: SWC strips the types, nothing is built. */
const shared = {
  rootDir: projectDir,
  // Without node_modules, in which jest would look for tests and mocks.
  roots: ['bench', 'functions', 'lib', 'local', 'test'].map((folder) => join(projectDir, folder)),
  testEnvironment: '<rootDir>/test/support/environment.ts',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/log-guard.ts', '<rootDir>/test/support/property-seed.ts'],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
    ],
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
          target: 'es2024',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    // ES modules without a CommonJS twin: found by their file, and transformed like our own.
    '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js',
    // zod's fifty languages, of which we use none, cost each test file more time than the rest of zod.
    '^\\.\\./locales/index\\.cjs$': '<rootDir>/node_modules/zod/v4/locales/en.cjs',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@middy|@hubspot/project-parsing-lib|@hubspot/ui-extensions|tinyspy|@hubspot/local-dev-lib|chalk)/)',
  ],
  restoreMocks: true,
};

export default {
  projects: [...sortTests(projectDir)].map(([displayName, files]) => ({
    ...shared,
    displayName,
    testMatch: files.map(({ path }) => join(projectDir, path)),
  })),
  reporters: ['default', '<rootDir>/test/support/run-reporter.ts'],
  testSequencer: '<rootDir>/test/support/longest-first.ts',
  // Jest would leave a core to itself and, of two, use one. Some tests wait for other programs: one worker more than cores
  // fills their time. On a large machine more than these would wait for the one DynamoDB Local.
  maxWorkers: Math.min(availableParallelism() + 1, 8),
  // What a worker keeps of hundreds of files slows it down; a new one is ready in a second.
  workerIdleMemoryLimit: '1GB',
  // A worker that has run hundreds of files, on a busy machine, needs more than Jest's half a second to end.
  workerGracefulExitTimeout: 10_000,
  // Workers, engines and other programs share the machine: slow is not wrong, and what hangs still ends.
  testTimeout: 180_000,
};
