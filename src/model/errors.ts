/** Whether trying the same again can help. */
export type Retry = 'never' | 'later';

/** Every error code, with whether a retry can help and what it means; `docs/errors.md` lists the same. */
export const errorCatalogue = {
  INVALID_NAME: { retry: 'never', meaning: 'A name holds characters or a number it may not hold.' },
  NO_FREE_NAME: { retry: 'never', meaning: 'All 1000 server group names of a cluster are taken.' },
  INVALID_INPUT: { retry: 'never', meaning: 'A command, definition or setting cannot be understood as written.' },
  NOT_FOUND: { retry: 'never', meaning: 'What was named does not exist.' },
  NOT_ALLOWED: { retry: 'never', meaning: 'The person may not do this.' },
  ALREADY_DECIDED: { retry: 'never', meaning: 'Somebody decided first.' },
  PLAN_CHANGED: { retry: 'never', meaning: 'The world moved since the plan was shown.' },
  TRAFFIC_GUARD: { retry: 'never', meaning: 'The step would leave the cluster without healthy instances.' },
  JUDGMENT_REJECTED: { retry: 'never', meaning: 'A person rejected the judgment.' },
  TASK_TIMEOUT: { retry: 'never', meaning: 'A task did not end within its time.' },
  PRECONDITION_FAILED: { retry: 'never', meaning: 'A precondition of the pipeline does not hold.' },
  EXPRESSION_FAILED: { retry: 'never', meaning: 'An expression has no value, or one that its field cannot take.' },
  DOCUMENT_TOO_LARGE: { retry: 'never', meaning: 'A document holds more bytes than can be kept.' },
  DOCUMENT_TOO_NEW: { retry: 'never', meaning: 'A newer Coxswain wrote a document, and this one cannot read it.' },
  STAGE_FAILED: { retry: 'never', meaning: 'A stage failed because one of its parts did.' },
  JOB_FAILED: { retry: 'never', meaning: 'A job failed, or did not leave what was expected of it.' },
  WEBHOOK_FAILED: { retry: 'never', meaning: 'A webhook was refused, said that it failed, or was answered oddly.' },
  VERIFICATION_FAILED: { retry: 'never', meaning: 'A server group did not stay as it must while it was watched.' },
  DEPLOY_FAILED: { retry: 'never', meaning: 'A new server group did not come up in time.' },
  INTERNAL: { retry: 'never', meaning: 'A defect of Coxswain itself.' },
  UNREACHABLE: { retry: 'later', meaning: 'A server could not be reached, or broke off.' },
  TIMED_OUT: { retry: 'later', meaning: 'A server did not answer in time.' },
  SERVER_ERROR: { retry: 'later', meaning: 'A server answered with a 5xx status or with something other than JSON.' },
  UNAUTHORIZED: { retry: 'later', meaning: 'A server did not accept our credentials (401).' },
  FORBIDDEN: { retry: 'never', meaning: 'A server does not let our account do this (403).' },
  RATE_LIMITED: { retry: 'later', meaning: 'A server asks us to slow down (429).' },
  REQUEST_REFUSED: { retry: 'never', meaning: 'A server refused a request as wrong (4xx, such as 422).' },
  MARATHON_LOCKED: { retry: 'later', meaning: 'A Marathon deployment locks the app (409).' },
  MARATHON_DUPLICATE: { retry: 'never', meaning: 'A Marathon app of this id exists already (409).' },
  METRONOME_DUPLICATE: {
    retry: 'never',
    meaning: 'A Metronome job of this id, or its schedule, exists already (409).',
  },
  METRONOME_BUSY: { retry: 'later', meaning: 'A Metronome job has active runs (409).' },
  METRONOME_CHANGED: { retry: 'never', meaning: 'Somebody else changed a Metronome job while it was started.' },
} as const satisfies Record<string, { retry: Retry; meaning: string }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

/** An error with a stable code and a sentence that says what failed, on what, why, and what to do. */
export class CoxswainError extends Error {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    details: { message: string; fields?: Readonly<Record<string, unknown>>; cause?: unknown },
  ) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CoxswainError';
    this.code = code;
    this.fields = details.fields ?? {};
  }

  /** Whether trying the same again can help. */
  get canRetry(): boolean {
    return errorCatalogue[this.code].retry === 'later';
  }
}

/** The error itself if it is ours, else a wrapper with code INTERNAL. */
export function asCoxswainError(error: unknown): CoxswainError {
  if (error instanceof CoxswainError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CoxswainError('INTERNAL', { message, cause: error });
}
