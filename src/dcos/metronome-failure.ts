import { z } from 'zod';
import { CoxswainError } from '../model/errors';
import type { ErrorCode } from '../model/errors';

const refusalSchema = z.object({
  message: z.string(),
  details: z
    .array(z.object({ path: z.string(), errors: z.array(z.string()) }))
    .optional()
    .catch(undefined),
});

const namesWhatIsMissing = /^(Job|Schedule|Job Run) not found/;

type Meaning = { readonly code: ErrorCode; readonly advice: string };

function meaningOf(status: unknown, message: string): Meaning | undefined {
  if (status === 404) return { code: 'NOT_FOUND', advice: 'Check the name, or whether it has ended.' };
  if (status === 409 && message.includes('active job runs')) {
    return { code: 'METRONOME_BUSY', advice: 'Stop its runs, or wait until they end.' };
  }
  if (status === 409) return { code: 'METRONOME_DUPLICATE', advice: 'Change the one that exists.' };
  if (status === 422 || status === 400) return { code: 'REQUEST_REFUSED', advice: 'Correct the definition.' };
  return undefined;
}

/**
 * Gives an error of the HTTP client Metronome's meaning. A 404 that does not name what is missing comes from a proxy or an
 * unknown route and says nothing about the job. Source: Metronome REST API, `/v1/jobs`.
 */
export function asMetronomeFailure(what: string, error: unknown): unknown {
  if (!(error instanceof CoxswainError)) return error;
  const { status, body } = error.fields;
  const parsed = refusalSchema.safeParse(body);
  if (status === 404 && (!parsed.success || !namesWhatIsMissing.test(parsed.data.message))) {
    return new CoxswainError('SERVER_ERROR', {
      message: `Cannot ${what}: ${error.message} The answer is not Metronome's, so nothing is known about the job.`,
      fields: error.fields,
    });
  }
  if (!parsed.success) return error;
  const { message, details = [] } = parsed.data;
  const meaning = meaningOf(status, message);
  if (meaning === undefined) return error;
  const reasons = [message, ...details.map(({ path, errors }) => `${path}: ${errors.join(', ')}`)].join('; ');
  return new CoxswainError(meaning.code, {
    message: `Cannot ${what}: Metronome says: ${reasons}. ${meaning.advice}`,
    fields: error.fields,
  });
}
