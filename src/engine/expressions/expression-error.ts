/** Why an expression could not be evaluated, in plain words; `at` is the offset in the expression, from 0, where known. */
export class ExpressionError extends Error {
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/** Stops an evaluation that needs the text behind a URL; no failure. */
export class UrlNeeded extends Error {
  readonly url: string;

  constructor(url: string) {
    super(`needs ${url}`);
    this.url = url;
  }
}
