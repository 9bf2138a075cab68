import { failureOf } from '../../src/engine/failure-of';
import type { ErrorCode } from '../../src/model/errors';
import type { ExecutionStatus } from '../../src/model/status';
import { buildExecution, buildJudgment } from '../support/api-fixture';

const stage = (id: string, status: ExecutionStatus, code?: ErrorCode, context = {}) => ({
  ...buildJudgment(id, id),
  status,
  context,
  ...(code === undefined ? {} : { failure: { code, message: id } }),
});
const ignored = stage('ignored', 'FAILED_CONTINUE', 'STAGE_FAILED');
const halted = stage('halted', 'STOPPED', 'STAGE_FAILED');
const unmet = stage('unmet', 'STOPPED', 'PRECONDITION_FAILED');
const later = stage('later', 'STOPPED', 'PRECONDITION_FAILED', { completeOtherBranchesThenFail: true });
const ended = stage('ended', 'TERMINAL', 'TASK_TIMEOUT');

describe('failureOf', () => {
  it.each([
    ['nothing', [stage('1', 'SUCCEEDED')], undefined],
    ['what ended it', [ended], 'ended'],
    ['what ended it before what did not', [ignored, halted, later, ended], 'ended'],
    ['what was ignored', [ignored], 'ignored'],
    ['what stopped its branch', [halted], 'halted'],
    ['no choice between branches', [unmet], undefined],
    ['a condition that fails the pipeline in the end', [unmet, later], 'later'],
    ['no part of a stage', [{ ...ended, parentStageId: '1' }], undefined],
  ])('answers %s', (_what, stages, expected) => {
    expect(failureOf(buildExecution({ stages }))?.message).toBe(expected);
  });
});
