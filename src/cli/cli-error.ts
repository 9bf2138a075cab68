import type { ErrorCode } from '../model/errors';
import { exitCodes, type ExitCode } from './exit-codes';

/** Why a command ends early: its exit code, what happened, and (on a line of its own) what to do. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly code: ErrorCode;
  readonly advice: string | undefined;

  constructor(
    exitCode: ExitCode,
    code: ErrorCode,
    details: { readonly message: string; readonly advice?: string; readonly cause?: unknown },
  ) {
    super(details.message, { cause: details.cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
    this.advice = details.advice;
  }
}

/** A command that was written wrongly, and how to write it. */
export const misused = (message: string, advice: string): CliError =>
  new CliError(exitCodes.usage, 'INVALID_INPUT', { message, advice });
