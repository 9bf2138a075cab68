import { z } from 'zod';
import { ApiError } from './api-error';
import type { ApiContext, ApiRoute } from './api-route';
import { parseBody } from './parse-body';
import { startLogin } from './start-login';

const loginRequest = z.object({
  tokenHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the token, 64 lower-case hex digits'),
});

const mostLoginsPerMinute = 30;

/** Logging in and asking who one is; the limit of 30 logins a minute is counted per list made. */
export function createLoginRoutes(): readonly ApiRoute[] {
  let recent: readonly number[] = [];
  const countLogin = ({ clock }: ApiContext) => {
    const now = clock.now();
    recent = recent.filter((at) => now - at < 60_000);
    if (recent.length >= mostLoginsPerMinute) {
      throw new ApiError(429, 'RATE_LIMITED', 'Too many logins in the last minute. Try again in a minute.');
    }
    recent = [...recent, now];
  };
  return [
    {
      method: 'POST',
      path: '/api/logins',
      isOpen: true,
      handle: (context, request) => {
        const { tokenHash } = parseBody(loginRequest, request.body);
        countLogin(context);
        return startLogin(context.store, { tokenHash, teamId: context.teamId, now: context.clock.now() });
      },
    },
    {
      method: 'GET',
      path: '/api/whoami',
      handle: (context, request) => ({ user: request.user, teamId: context.teamId }),
    },
  ];
}
