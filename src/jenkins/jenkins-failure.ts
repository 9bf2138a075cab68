import { CoxswainError } from '../model/errors';

const isRedirect = (status: unknown): boolean => typeof status === 'number' && status >= 300 && status <= 399;
const isLogin = (location: unknown): boolean =>
  typeof location === 'string' && /login|signin|securityRealm|oauth|saml|sso/i.test(location);

/** What an error page says: Jenkins writes HTML, whatever was asked for. */
function titleOf(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined;
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim() ?? '';
  return title === '' ? undefined : title;
}

/** Whether an answer that is no success is one nevertheless: Jenkins sends browsers on to a page after many an action. */
export const isDoneByRedirect = (error: unknown): boolean =>
  error instanceof CoxswainError && isRedirect(error.fields.status) && !isLogin(error.fields.location);

/** Whether a request was refused before anything was done, as for want of a crumb. */
export const isForbidden = (error: unknown): boolean => error instanceof CoxswainError && error.code === 'FORBIDDEN';

/** Whether a request may have been carried out although it failed: all failures but a refusal and a missed connection. */
export function mayHaveHappened(error: unknown): boolean {
  if (!(error instanceof CoxswainError) || !['UNREACHABLE', 'TIMED_OUT', 'SERVER_ERROR'].includes(error.code))
    return false;
  return !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(error.fields.networkCode));
}

/** Gives an error of the HTTP client Jenkins's meaning: a page that asks for a login is UNAUTHORIZED, whatever its status. */
export function asJenkinsFailure(what: string, error: unknown): unknown {
  if (!(error instanceof CoxswainError)) return error;
  const { code, fields, message } = error;
  const { status, body, location, host } = fields;
  const wantsLogin = status === 403 && typeof body === 'string' && /login\?from=|Authentication required/.test(body);
  if ((isRedirect(status) && isLogin(location)) || wantsLogin) {
    return new CoxswainError('UNAUTHORIZED', {
      message: `Cannot ${what}: Jenkins on ${String(host)} asks for a login. Check its user and API token in accounts.yaml, and that nothing before Jenkins takes them away.`,
      fields,
    });
  }
  const title = titleOf(body);
  const said = title === undefined ? '' : ` Jenkins says: ${title}.`;
  return new CoxswainError(code, { message: `Cannot ${what}: ${message}${said}`, fields });
}
