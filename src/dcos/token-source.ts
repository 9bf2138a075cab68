import type { Clock } from '../engine/clock';
import { abortedFailure } from '../http-client/http-failure';
import { CoxswainError } from '../model/errors';
import type { Login } from './log-in';

/** Where a cluster's token comes from. One per cluster, shared by all its clients. */
export interface TokenSource {
  /**
   * A token that is good by all that is known; logs in where there is none, and shortly before one ends. Callers who ask
   * meanwhile share that login; the signal ends only the caller's own wait. Throws what the login threw.
   */
  get(signal?: AbortSignal): Promise<string>;
  /** The server refused this token: it is not given out again. Does nothing when it was replaced already. */
  refuse(token: string): void;
}

type Held = { readonly token: string; readonly renewAt: number; readonly expiresAt: number };
type Failure = { readonly error: unknown; readonly until: number };

/** Renewed this long before its end, or at nine tenths of a short life. */
const longestMarginMs = 300_000;
/** How long after a failed login a token that is still good is used on, and a refused account is not tried again. */
const pauseMs = 10_000;

function hold({ token, lifetimeMs = Infinity }: Login, now: number): Held {
  const margin = Math.min(longestMarginMs, lifetimeMs / 10);
  return { token, renewAt: now + lifetimeMs - (lifetimeMs === Infinity ? 0 : margin), expiresAt: now + lifetimeMs };
}

/** Waits for a shared promise as long as the caller's own signal allows. */
async function waitFor<T>(shared: Promise<T>, host: string, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await shared;
  const reason = () => abortedFailure({ method: 'POST', host, path: '/acs/api/v1/auth/login' }, signal);
  if (signal.aborted) throw reason();
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(reason());
    signal.addEventListener('abort', onAbort, { once: true });
    const leave = () => signal.removeEventListener('abort', onAbort);
    shared.finally(leave).then(resolve, reject);
  });
}

const isRefusal = (error: unknown): boolean => error instanceof CoxswainError && error.code === 'UNAUTHORIZED';

/** A token source that logs in by `logIn`. `host` is for messages. */
export function createTokenSource(options: {
  readonly logIn: () => Promise<Login>;
  readonly clock: Clock;
  readonly host: string;
}): TokenSource {
  const { logIn, clock, host } = options;
  let held: Held | undefined;
  let flight: Promise<Held> | undefined;
  let failure: Failure | undefined;

  const start = async (): Promise<Held> => {
    // Measured from before the question: the answer may have been long on its way.
    const askedAt = clock.now();
    try {
      const fresh = hold(await logIn(), askedAt);
      held = fresh;
      failure = undefined;
      return fresh;
    } catch (error) {
      failure = { error, until: clock.now() + pauseMs };
      throw error;
    } finally {
      flight = undefined;
    }
  };
  const share = (): Promise<Held> => {
    if (flight === undefined) {
      flight = start();
      // All who waited may have left.
      flight.catch(() => undefined);
    }
    return flight;
  };
  // A clock that was set back must not prolong the pause.
  const isPausing = (now: number): boolean =>
    failure !== undefined && now < failure.until && failure.until - now <= pauseMs;

  return {
    get: async (signal) => {
      const now = clock.now();
      const old = held;
      if (old !== undefined && now < old.expiresAt) {
        if (now < old.renewAt || isPausing(now)) return old.token;
        // It is still good: a login that fails is no reason to fail.
        const renewed = share().catch(() => old);
        return (await waitFor(renewed, host, signal)).token;
      }
      // A wrong password asked for again and again locks the account.
      if (isPausing(now) && isRefusal(failure?.error)) throw failure?.error;
      return (await waitFor(share(), host, signal)).token;
    },
    refuse: (token) => {
      if (held?.token === token) held = undefined;
    },
  };
}
