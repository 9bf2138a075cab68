import { createScope } from '../engine/expression-scope';
import type { Json, Memo, Problem, Scope } from '../engine/expressions';
import { readSpinnakerExecution, scopeOfSpinnaker } from '../engine/spinnaker-execution';
import { CoxswainError } from '../model/errors';
import type { StageContext } from '../model/execution';
import type { CliWorld } from './cli-world';
import { evaluateFetching } from './evaluate-fetching';

/** What is to be evaluated, and with what. */
export type EvalRequest = {
  readonly text: Json;
  readonly context: StageContext;
  /** As Spinnaker writes it; not checked yet. */
  readonly execution: unknown;
  /** The refId of a stage of the execution. */
  readonly stage: string | undefined;
};

/** What came of it, in the order of the text; texts that could not be evaluated stand in the value as they were. */
export type EvalAnswer = {
  readonly value: Json;
  readonly errors: readonly { readonly level: 'INFO' | 'ERROR'; readonly message: string }[];
};

function scopesOf({ context, execution, stage }: EvalRequest, now: number): (memo: Memo) => Scope {
  if (execution === undefined && stage !== undefined) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Stage ${stage} belongs to an execution. Give the execution too.`,
    });
  }
  if (execution === undefined) {
    return (memo) => createScope({ execution: undefined, stage: null, layers: [context] }, { now, memo });
  }
  const read = readSpinnakerExecution(execution);
  return (memo) => scopeOfSpinnaker(read, stage, { now, memo, context });
}

function describe({ level, path, column, message }: Problem): EvalAnswer['errors'][number] {
  const place = path === '' ? `column ${column}` : `${path}, column ${column}`;
  return { level, message: `${message} (${place})` };
}

/** Evaluates a text, list or map. Throws CoxswainError where the execution is none or has no such stage. */
export async function evalRequest(request: EvalRequest, world: CliWorld): Promise<EvalAnswer> {
  const scopeWith = scopesOf(request, world.clock.now());
  const { value, problems } = await evaluateFetching(request.text, scopeWith, world.fetchText);
  return { value, errors: problems.map(describe) };
}
