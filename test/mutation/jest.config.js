import { fileURLToPath } from 'node:url';
import base from '../../jest.config.js';

const [project = {}] = base.projects;
const { globalSetup: _engines, globalTeardown: _end, displayName: _name, roots: _roots, ...rest } = project;

/** The tests that need no engine and no other process: quick enough to be run again for each mutant. */
export default {
  ...rest,
  // Stryker extends the environment by its own, which it knows.
  testEnvironment: 'node',
  // Absolute, because the mutants are tried in a copy of the project.
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  testMatch: ['<rootDir>/test/domain/**/*.test.ts', '<rootDir>/test/use-cases/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    // On a table or a queue, or with processes that are killed.
    '/use-cases/owner-sync/(schedule-sync|sync-crashes|sync-race)\\.test\\.ts$',
    '/use-cases/portals/access-tokens-(killed|race)\\.test\\.ts$',
    // Thousands of calls over HTTP.
    '/use-cases/queue/complete-callbacks(-unenrolled)?\\.test\\.ts$',
    // A thousand worlds for each mutant: the tests beside them cover the same lines.
    '/use-cases/executions/(live-equals-cached|stale-executions)\\.test\\.ts$',
    '/use-cases/queue/update-records-together\\.test\\.ts$',
    '/domain/email-laws\\.test\\.ts$',
  ],
};
