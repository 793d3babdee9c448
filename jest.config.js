/** Tests run on the sources: SWC strips the types, nothing is built. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/log-guard.ts', '<rootDir>/test/support/property-seed.ts'],
  reporters: ['default', '<rootDir>/test/support/run-reporter.ts'],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
    ],
  },
  // ES modules without a CommonJS twin: found by their file, and transformed like our own.
  moduleNameMapper: { '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  transformIgnorePatterns: ['/node_modules/(?!(@middy)/)'],
  restoreMocks: true,
  // Engines and suites share the machine: slow is not wrong, and what hangs still ends.
  testTimeout: 20_000,
};
