/** A refusal that Marathon answers with; the body is sent as it is. */
export class MarathonError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: { readonly message: string; readonly [field: string]: unknown }) {
    super(body.message);
    this.name = 'MarathonError';
    this.status = status;
    this.body = body;
  }
}

/** One complaint about a definition. */
export type Violation = { readonly path: string; readonly errors: readonly string[] };

/** 404 with Marathon's message. */
export function notFound(message: string): MarathonError {
  return new MarathonError(404, { message });
}

/** 422 for a well-formed but wrong definition. */
export function notValid(details: readonly Violation[]): MarathonError {
  return new MarathonError(422, { message: 'Object is not valid', details });
}

/** 400 for JSON of the wrong shape. */
export function wrongShape(details: readonly Violation[]): MarathonError {
  return new MarathonError(400, { message: 'Invalid JSON', details });
}

/** 409 of the deployment lock; the text in angle brackets is literal in Marathon too. */
export function appLocked(deploymentIds: readonly string[]): MarathonError {
  return new MarathonError(409, {
    message:
      "App is locked by one or more deployments. Override with the option '?force=true'. " +
      "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    deployments: deploymentIds.map((id) => ({ id })),
  });
}
