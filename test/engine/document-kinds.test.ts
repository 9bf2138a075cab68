import { executionKind } from '../../src/engine/document-kinds';
import { upgradeDocument } from '../../src/engine/upgrade-document';
import { buildExecution } from '../support/api-fixture';

describe('an execution of schema 1', () => {
  const { trigger, ...today } = buildExecution();
  const upgraded = (parameters: unknown) =>
    upgradeDocument(executionKind, 'E1', { ...today, schema: 1, trigger: { ...trigger, parameters } });

  it.each([
    ['has its reason moved out of the parameters', { reason: 'fix login' }, { parameters: {}, reason: 'fix login' }],
    ['keeps its other parameters', { reason: 'fix', a: 1 }, { parameters: { a: 1 }, reason: 'fix' }],
    ['has none where none was given', {}, { parameters: {} }],
  ])('%s', (_, parameters, expected) => {
    expect(upgraded(parameters)).toEqual({ ...today, schema: 2, trigger: { ...trigger, ...expected } });
  });
});

it('leaves an execution of today as it is', () => {
  const execution = buildExecution();
  expect(upgradeDocument(executionKind, 'E1', execution)).toBe(execution);
});
