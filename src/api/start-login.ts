import { randomInt } from 'node:crypto';
import type { DocumentStore } from '../engine/ports/document-store';
import { ApiError } from './api-error';
import { isExpired, tokenKind } from './login-token';

/** How many logins may wait for their code at once. */
export const mostPendingLogins = 50;

// Without 0 O 1 I L and U: a code is read from one screen and typed on another.
const codeAlphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

const newCode = (): string =>
  Array.from({ length: 8 }, () => codeAlphabet[randomInt(codeAlphabet.length)] ?? '').join('');

async function livePending(store: DocumentStore, now: number): Promise<number> {
  const pending = await store.list(tokenKind, {
    index: { name: 'state', value: 'pending' },
    limit: mostPendingLogins * 2,
  });
  const expired = pending.filter(({ document }) => isExpired(document, now));
  for (const { id } of expired) await store.delete(tokenKind, id);
  return pending.length - expired.length;
}

/**
 * Notes that somebody wants to log in with the token of this hash; returns the code to type in Slack. Asking again with
 * the same hash gives the same code. Throws 409 when the token is in use, 429 when too many logins wait.
 */
export async function startLogin(
  store: DocumentStore,
  login: { readonly tokenHash: string; readonly teamId: string; readonly now: number },
): Promise<{ readonly code: string }> {
  const { tokenHash, teamId, now } = login;
  const waiting = await livePending(store, now);
  const known = await store.get(tokenKind, tokenHash);
  if (known?.document.state === 'pending') return { code: known.document.code };
  if (known !== undefined) {
    throw new ApiError(409, 'ALREADY_DECIDED', 'This token is logged in already. Use it, or make a new one.');
  }
  if (waiting >= mostPendingLogins) {
    throw new ApiError(
      429,
      'RATE_LIMITED',
      `${waiting} logins wait for their code already. Finish one in Slack, or try again in 10 minutes.`,
    );
  }
  const code = newCode();
  await store.create(tokenKind, tokenHash, { schema: 1, teamId, state: 'pending', code, createdAt: now });
  return { code };
}
