import { CoxswainError } from '../model/errors';

/** Gives an error of the HTTP client, met at Mesos or an agent, the words of what was tried; its code stays. */
export function asAgentFailure(what: string, error: unknown): unknown {
  if (!(error instanceof CoxswainError) || error.fields.status === undefined) return error;
  return new CoxswainError(error.code, { message: `Cannot ${what}: ${error.message}`, fields: error.fields });
}
