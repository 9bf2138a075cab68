import { createHash } from 'node:crypto';
import type { DocumentKind } from '../engine/ports/document-store';

/** A personal token of the command line, known here only by its SHA-256; the document's id is that hash. */
export type LoginToken = {
  readonly schema: 1;
  readonly teamId: string;
  /** What the person types in Slack to make the token theirs. */
  readonly code: string;
  readonly createdAt: number;
} & ({ readonly state: 'pending' } | { readonly state: 'active'; readonly user: string; readonly activatedAt: number });

/** Tokens, listed by `code`; the pending ones by `state` (`pending`), the active ones by `user`. */
export const tokenKind: DocumentKind<LoginToken> = {
  name: 'token',
  indexes: (token): Record<string, string> =>
    token.state === 'pending' ? { state: 'pending', code: token.code } : { user: token.user, code: token.code },
};

/** How long a code may be typed after it was handed out. */
export const loginLifetimeMs = 10 * 60_000;

/** The only form in which a token is kept: its SHA-256 in lower-case hex. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Whether a pending token waited too long for its code. */
export const isExpired = (token: LoginToken, now: number): boolean =>
  token.state === 'pending' && now - token.createdAt >= loginLifetimeMs;
