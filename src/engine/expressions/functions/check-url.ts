import { ExpressionError } from '../expression-error';

const longest = 2000;
const innerEndings: readonly string[] = ['.local', '.internal', '.localdomain', '.localhost', '.spinnaker'];

function parseUrl(text: string): URL {
  // The parser would quietly drop tabs and line ends, and read a backslash as a slash.
  const isReadable = text.length <= longest && /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text);
  if (!isReadable) throw new ExpressionError(`'${text.slice(0, 100)}' is no http or https URL`);
  return new URL(text);
}

/**
 * Checks a URL as far as its text shows and returns it normalised: http or https, a host name with a dot that belongs to
 * no inner network, no IP address in any spelling, no user name. The address that the name stands for is for the engine
 * to check, when it fetches. Throws `ExpressionError`.
 */
export function checkUrl(text: string): string {
  const url = parseUrl(text);
  // The parser has turned every spelling of an IPv4 address into four numbers, and keeps IPv6 in brackets.
  const host = url.hostname.replace(/\.$/, '');
  if (url.username !== '' || url.password !== '')
    throw new ExpressionError('a URL must not hold a user name or password');
  if (host.startsWith('[') || /^[\d.]+$/.test(host))
    throw new ExpressionError(`${host} is an address; only names can be fetched from`);
  if (!host.includes('.') || innerEndings.some((ending) => host.endsWith(ending))) {
    throw new ExpressionError(`${host} is a name of an inner network, which cannot be fetched from`);
  }
  return url.href;
}
