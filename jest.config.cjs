// Loaded once by each worker instead of once by each file of tests: see test/support/jest/environment.cjs.
const once = '@keyv/redis|@slack/bolt|@slack/web-api|axios|bree|keyv|libsql|pino|ws|yaml|zod';
const shared = {
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  transform: {
    [`/node_modules/(${once})/`]: '<rootDir>/test/support/jest/library.cjs',
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${once})/)`],
};
module.exports = {
  // Jest would leave a core free; the end-to-end tests wait more than they work.
  maxWorkers: '100%',
  // Time is virtual in nearly every test, so a test that takes long says only that the machine is busy.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/long-tests-first.cjs',
  reporters: ['default', '<rootDir>/test/support/parts-reporter.cjs'],
  projects: [
    { ...shared, displayName: 'architecture', testMatch: ['<rootDir>/test/architecture.test.ts'] },
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/architecture.test.ts'],
    },
  ],
};
