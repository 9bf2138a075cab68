import type { Jobs } from '../../src/dcos/jobs';
import { CoxswainError } from '../../src/model/errors';

const refuse = () =>
  Promise.reject(new CoxswainError('INTERNAL', { message: 'This test runs no jobs, and was asked for one.' }));

/** For executors that run no jobs. */
export const noJobs: Jobs = {
  knownRuns: refuse,
  startedRuns: refuse,
  run: refuse,
  look: refuse,
  cancel: refuse,
  readFile: refuse,
  explain: refuse,
};
