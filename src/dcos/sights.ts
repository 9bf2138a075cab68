import type { Clock } from '../engine/clock';
import { CoxswainError, type ErrorCode } from '../model/errors';
import { locationName, type Location } from '../model/server-group';

/** Since when each DC/OS cluster cannot be seen (milliseconds since the epoch); those that can be seen are left out. */
export type BlindSince = ReadonlyMap<string, number>;

/** How blindness is remembered over restarts. */
export type SightsOptions = {
  readonly clock: Clock;
  /** What was known when the process started. */
  readonly known?: BlindSince;
  /** Told when a cluster is lost, and with undefined when it is seen again. Must not throw. */
  readonly onChange?: (dcosCluster: string, blindSince: number | undefined) => void;
};

/**
 * Which DC/OS clusters can be seen. Where one does not answer, errors say since when, that nothing changes there, and why;
 * their fields hold `blindSince` and `why`.
 */
export type Sights = {
  /** Runs a read of a place, by whose end the cluster is seen or lost. */
  readonly read: <T>(location: Location, act: () => Promise<T>) => Promise<T>;
  /** Runs a look at what was read for all: it proves nothing, for it may show what is known or give up waiting. */
  readonly look: <T>(location: Location, act: () => Promise<T>) => Promise<T>;
  /** What was read for all has come (undefined), or why it has not: the cluster is seen or lost by that. */
  readonly loaded: (dcosCluster: string, error: CoxswainError | undefined) => void;
};

const blindCodes: ReadonlySet<ErrorCode> = new Set(['UNREACHABLE', 'TIMED_OUT', 'SERVER_ERROR', 'UNAUTHORIZED']);
const isBlinding = (error: unknown): error is CoxswainError =>
  error instanceof CoxswainError && blindCodes.has(error.code);
const timeText = (time: number): string => `${new Date(time).toISOString().slice(11, 16)} UTC`;

function blindness(location: Location, since: number, cause: CoxswainError): CoxswainError {
  const message = `I cannot see ${locationName(location)} since ${timeText(since)}; nothing there changes until I can. ${cause.message}`;
  return new CoxswainError(cause.code, {
    message,
    fields: { ...cause.fields, blindSince: since, why: cause.message },
    cause,
  });
}

/** Watches over the reads of all clusters. */
export function createSights({ clock, known, onChange }: SightsOptions): Sights {
  const blind = new Map(known);
  const see = (dcosCluster: string) => {
    if (blind.delete(dcosCluster)) onChange?.(dcosCluster, undefined);
  };
  const lose = (dcosCluster: string): number => {
    const since = blind.get(dcosCluster);
    if (since !== undefined) return since;
    const now = clock.now();
    blind.set(dcosCluster, now);
    onChange?.(dcosCluster, now);
    return now;
  };
  return {
    read: async (location, act) => {
      try {
        const answer = await act();
        see(location.dcosCluster);
        return answer;
      } catch (error) {
        if (!isBlinding(error)) throw error;
        throw blindness(location, lose(location.dcosCluster), error);
      }
    },
    look: async (location, act) => {
      try {
        return await act();
      } catch (error) {
        const since = blind.get(location.dcosCluster);
        throw since === undefined || !isBlinding(error) ? error : blindness(location, since, error);
      }
    },
    loaded: (dcosCluster, error) => {
      if (error === undefined) see(dcosCluster);
      else if (isBlinding(error)) lose(dcosCluster);
    },
  };
}
