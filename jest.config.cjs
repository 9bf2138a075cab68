const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
};
module.exports = {
  // Jest would leave a core free; the end-to-end tests wait more than they work.
  maxWorkers: '100%',
  // What each file leaves behind makes a worker ever slower; a new one takes a second.
  workerIdleMemoryLimit: '500MB',
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
