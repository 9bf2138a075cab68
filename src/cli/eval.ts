import { CoxswainError } from '../model/errors';
import { CliError, misused } from './cli-error';
import type { CliSession } from './cli-session';
import { evalLines } from './eval-lines';
import { evalRequest, type EvalAnswer, type EvalRequest } from './eval-request';
import { exitCodes, type ExitCode } from './exit-codes';
import { readDataFile } from './read-data-file';

/** The options of `coxswain eval`. */
export type EvalChoices = {
  /** A file, as `execution` is. */
  readonly context?: string;
  readonly execution?: string;
  readonly stage?: string;
  readonly stdin?: boolean;
};

async function answerOnce(session: CliSession, request: EvalRequest): Promise<EvalAnswer> {
  try {
    return await evalRequest(request, session.world);
  } catch (error) {
    if (!(error instanceof CoxswainError)) throw error;
    throw new CliError(exitCodes.usage, error.code, { message: error.message, cause: error });
  }
}

/**
 * Evaluates one text, or the requests on standard input, and prints JSON. Errors of expressions are part of the answer and of
 * no consequence to the exit code; it is 2 where files or words cannot be used.
 */
export async function evalCommand(
  session: CliSession,
  text: string | undefined,
  choices: EvalChoices,
): Promise<ExitCode> {
  const { context, execution, stage, stdin = false } = choices;
  if (stdin) {
    const isMixed = [text, context, execution, stage].some((given) => given !== undefined);
    if (isMixed) throw misused('--stdin takes nothing beside it.', 'Write text, context and the rest into the lines.');
    await evalLines(session);
    return exitCodes.done;
  }
  if (text === undefined) throw misused('There is no text to evaluate.', "Write it in single quotes: '${1 + 1}'.");
  const answer = await answerOnce(session, {
    text,
    context: context === undefined ? {} : await readDataFile(context),
    execution: execution === undefined ? undefined : await readDataFile(execution),
    stage,
  });
  session.world.stdout.write(`${JSON.stringify(answer)}\n`);
  return exitCodes.done;
}
