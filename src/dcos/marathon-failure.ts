import { z } from 'zod';
import { CoxswainError } from '../model/errors';

const refusalSchema = z.object({
  message: z.string(),
  deployments: z.array(z.object({ id: z.string() })).optional(),
  details: z
    .union([z.string(), z.array(z.object({ path: z.string(), errors: z.array(z.string()) }))])
    .optional()
    .catch(undefined),
});

const namesWhatIsMissing = /does not exist|not found in tasks queue|There is no leader/;

type Refusal = z.output<typeof refusalSchema>;

function locked(what: string, refusal: Refusal, error: CoxswainError): CoxswainError {
  const deployments = refusal.deployments?.map(({ id }) => id) ?? [];
  const ids = deployments.length === 0 ? '' : ` (${deployments.join(', ')})`;
  return new CoxswainError('MARATHON_LOCKED', {
    message: `Cannot ${what}: a running Marathon deployment${ids} locks the app. Wait until it ends, or use force, which cancels it.`,
    fields: { ...error.fields, deployments },
  });
}

function refused(what: string, refusal: Refusal, error: CoxswainError): CoxswainError {
  const { details } = refusal;
  const list =
    typeof details === 'object' ? details.map(({ path, errors }) => `${path}: ${errors.join(', ')}`) : [details];
  const reasons = [refusal.message, ...list].filter((reason) => reason !== undefined);
  return new CoxswainError('REQUEST_REFUSED', {
    message: `Cannot ${what}: Marathon refused it. ${reasons.join('; ')}. Correct the definition.`,
    fields: error.fields,
  });
}

/**
 * Gives an error of the HTTP client Marathon's meaning. 409 is a lock when `deployments` stand beside it and a duplicate
 * otherwise; 403 "Max number of running deployments" is no matter of permission; a 404 that does not name what is missing
 * comes from a proxy or an unknown route and says nothing about the app. Source: Marathon REST API, `/v2/apps`.
 */
export function asMarathonFailure(what: string, error: unknown): unknown {
  if (!(error instanceof CoxswainError)) return error;
  const { status, body } = error.fields;
  const parsed = refusalSchema.safeParse(body);
  if (status === 404 && (!parsed.success || !namesWhatIsMissing.test(parsed.data.message))) {
    return new CoxswainError('SERVER_ERROR', {
      message: `Cannot ${what}: ${error.message} The answer is not Marathon's, so nothing is known about the app.`,
      fields: error.fields,
    });
  }
  if (!parsed.success) return error;
  const refusal = parsed.data;
  if (status === 404) {
    return new CoxswainError('NOT_FOUND', {
      message: `Cannot ${what}: Marathon says: ${refusal.message}. Check the name, or whether somebody removed it.`,
      fields: error.fields,
    });
  }
  if (status === 403 && /^Max number .*running deployments/.test(refusal.message)) {
    return new CoxswainError('RATE_LIMITED', {
      message: `Cannot ${what}: Marathon runs as many deployments as it may (${refusal.message}). Try again when some have ended.`,
      fields: error.fields,
    });
  }
  if (status === 409 && refusal.deployments !== undefined) return locked(what, refusal, error);
  if (status === 409 && refusal.message.includes('already')) {
    return new CoxswainError('MARATHON_DUPLICATE', {
      message: `Cannot ${what}: ${refusal.message} Choose another name or look whose it is.`,
      fields: error.fields,
    });
  }
  return status === 422 || status === 400 ? refused(what, refusal, error) : error;
}
