import type { DocumentStore } from '../engine/ports/document-store';
import { isExpired, loginLifetimeMs, tokenKind, type LoginToken } from './login-token';

/**
 * Makes the token that waits under this code the user's; doing it again changes nothing. `unknown`: no login waits under
 * it, it took longer than ten minutes, or somebody else was first. Upper and lower case, blanks and dashes do not matter.
 */
export async function activateLogin(
  store: DocumentStore,
  login: { readonly code: string; readonly user: string; readonly now: number },
): Promise<'activated' | 'unknown'> {
  const { user, now } = login;
  const code = login.code.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const [waiting] = await store.list(tokenKind, { index: { name: 'code', value: code }, limit: 1 });
  if (waiting === undefined) return 'unknown';
  const activate = (token: LoginToken): LoginToken => {
    if (token.state === 'active' || token.code !== code || isExpired(token, now)) return token;
    return { ...token, state: 'active', user, activatedAt: now };
  };
  const updated = await store.update(tokenKind, waiting.id, activate);
  const token = updated?.document;
  const isOurs = token?.state === 'active' && token.user === user && now - token.activatedAt < loginLifetimeMs;
  return isOurs ? 'activated' : 'unknown';
}
