const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
};
module.exports = {
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
