import type { ErrorCode } from '../model/errors';

/** An answer other than 200: the HTTP status, a code of the catalogue, and a sentence that says what to do. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: number, code: ErrorCode, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}
