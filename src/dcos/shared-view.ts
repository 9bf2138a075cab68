import type { Clock } from '../engine/clock';
import { asCoxswainError, CoxswainError } from '../model/errors';

/** How a shared view is filled, and how old it may become. */
export type SharedViewOptions<T> = {
  /** Reads everything; one such request runs at a time. */
  readonly load: () => Promise<T>;
  readonly clock: Clock;
  /** @default 15000 */
  readonly maxAgeMs?: number;
  /** How long a failed request answers those who ask after it. @default 2000 */
  readonly failureHoldMs?: number;
  /** Told of the end of each request: undefined, or why nothing could be seen. Must not throw. */
  readonly onLoaded?: (error: CoxswainError | undefined) => void;
};

/** What one request saw, and when that request began (milliseconds since the epoch). */
export type Seen<T> = { readonly value: T; readonly at: number };

/**
 * One view for all who look, however many they are. A look is answered by a request that began after the last change of
 * our own had ended (so we read what we wrote), and that is at most `maxAgeMs` old. While there is such a view, a hint is
 * waited for no longer than a second.
 */
export interface SharedView<T> {
  /**
   * Throws what the request threw, and TIMED_OUT when `signal` ends the wait; the others wait on. Whoever says what
   * `concerns` them is shown a view that is older than hints about other things.
   */
  look(signal?: AbortSignal, concerns?: Concern): Promise<Seen<T>>;
  /** Runs a change of our own; what was seen before its end is not shown any more, whether it succeeded or not. */
  change<R>(act: () => Promise<R>): Promise<R>;
  /**
   * Something may have changed outside: a hint, so that it may be followed late, but never later than `maxAgeMs`. `about`
   * says what; left out it is anything.
   */
  hint(about?: string): void;
}

/** Whether a hint about something is of interest. */
export type Concern = (about: string) => boolean;

type Shown<T> = { readonly begun: number; readonly seen: Seen<T> };
type Flight<T> = { readonly begun: number; readonly at: number; readonly seen: Promise<Seen<T>> };

const defaultMaxAgeMs = 15_000;
const defaultFailureHoldMs = 2000;
/** Hints may cost at most a tenth of the time, however large the answer is, and twenty requests a second. */
const restFactor = 10;
const shortestRestMs = 50;
const longestRestMs = 5000;
/** A longer rest or request is not waited for: whoever looks is shown what was seen before, where that may be shown. */
const patienceMs = 1000;
/** What is slow to read may be this many times as old as the reading took. */
const slowAgeFactor = 3;

function gaveUp(signal: AbortSignal): CoxswainError {
  if (signal.reason instanceof CoxswainError) return signal.reason;
  const message = 'The shared view of the cluster did not come in time. It is asked for again.';
  return new CoxswainError('TIMED_OUT', { message });
}

/** Ends the wait and not the request, for which others wait too. */
const untilAborted = <T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () => reject(gaveUp(signal));
    signal.addEventListener('abort', giveUp, { once: true });
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });

/** Creates a view that asks for nothing until somebody looks. */
export function createSharedView<T>(options: SharedViewOptions<T>): SharedView<T> {
  return new CachedView(options);
}

class CachedView<T> implements SharedView<T> {
  readonly #options: SharedViewOptions<T>;
  readonly #maxAgeMs: number;
  /** Orders beginnings, ends of changes and hints among each other; the clock may stand still between them. */
  #order = 0;
  #changed = 0;
  #hinted = 0;
  /** Hints about something that came after the last request had begun. */
  readonly #hints = new Map<string, number>();
  #latest: Shown<T> | undefined;
  #failed: { readonly begun: number; readonly at: number; readonly error: CoxswainError } | undefined;
  #flight: Flight<T> | undefined;
  #next: Promise<Seen<T>> | undefined;
  /** Hints are not followed before this time. */
  #restUntil = 0;
  /** How long the last request lasted, which is how long the next is thought to. */
  #lastedMs = 0;

  constructor(options: SharedViewOptions<T>) {
    this.#options = options;
    this.#maxAgeMs = options.maxAgeMs ?? defaultMaxAgeMs;
  }

  look(signal?: AbortSignal, concerns?: Concern): Promise<Seen<T>> {
    if (signal === undefined) return this.#look(concerns);
    return signal.aborted ? Promise.reject(gaveUp(signal)) : untilAborted(this.#look(concerns), signal);
  }

  async change<R>(act: () => Promise<R>): Promise<R> {
    try {
      return await act();
    } finally {
      // Also after a failure: the reply may be what was lost.
      this.#changed = this.#tick();
    }
  }

  hint(about?: string): void {
    const order = this.#tick();
    if (about === undefined) this.#hinted = order;
    else this.#hints.set(about, order);
  }

  /** When the last hint came that concerns somebody; all do where nothing is said. */
  #hintedFor(concerns: Concern = () => true): number {
    return [...this.#hints].reduce((last, [about, at]) => (concerns(about) ? Math.max(last, at) : last), this.#hinted);
  }

  #tick(): number {
    this.#order += 1;
    return this.#order;
  }

  #look(concerns?: Concern): Promise<Seen<T>> {
    const now = this.#options.clock.now();
    const current = this.#currentAt(now);
    if (current !== undefined && current.begun > this.#hintedFor(concerns)) return Promise.resolve(current.seen);
    const restMs = current === undefined ? 0 : Math.max(0, this.#restUntil - now);
    if (current !== undefined && restMs > patienceMs) return Promise.resolve(current.seen);
    const failed = this.#failed;
    if (failed !== undefined && this.#isHeld(failed, now)) return Promise.reject(failed.error);
    const newer = this.#newer(now, restMs);
    return current === undefined ? newer : this.#inPatience(newer, current.seen, now + restMs);
  }

  /** What a request sees that began after all that is known of: one under way, or the next. */
  #newer(now: number, restMs: number): Promise<Seen<T>> {
    const flight = this.#flight;
    // Who joined a request that began before a change or a hint, or long ago, would be shown the state of then.
    const isTimely = flight !== undefined && now - flight.at <= this.#ageLimit();
    if (isTimely && flight.begun > Math.max(this.#changed, this.#hintedFor())) return flight.seen;
    if (flight === undefined && restMs <= 0) return this.#begin();
    this.#next ??= (flight === undefined ? this.#rest(restMs) : flight.seen).then(
      () => this.#follow(),
      () => this.#follow(),
    );
    return this.#next;
  }

  /** What is newer where it comes soon, else what was seen before; `begins` is when a request may begin at the earliest. */
  #inPatience(newer: Promise<Seen<T>>, before: Seen<T>, begins: number): Promise<Seen<T>> {
    const { clock } = this.#options;
    if ((this.#flight?.at ?? begins) + this.#lastedMs > clock.now() + patienceMs) {
      // Its failure is told by the request itself, and to whoever looks next.
      newer.catch(() => undefined);
      return Promise.resolve(before);
    }
    return new Promise((resolve, reject) => {
      const showBefore = () => {
        const current = this.#currentAt(clock.now());
        if (current !== undefined) resolve(current.seen);
      };
      newer.then(resolve, reject).finally(clock.after(patienceMs, showBefore));
    });
  }

  /** A list that takes long is still shown for a while after it came. */
  #ageLimit(): number {
    return Math.max(this.#maxAgeMs, slowAgeFactor * this.#lastedMs);
  }

  #rest(restMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(restMs, resolve));
  }

  /** Looks again for all who waited: what changed meanwhile counts for the last of them. */
  #follow(): Promise<Seen<T>> {
    this.#next = undefined;
    return this.#look();
  }

  /** The view that may be shown at a time where no hint came after it. */
  #currentAt(now: number): Shown<T> | undefined {
    const latest = this.#latest;
    const isCurrent = latest !== undefined && latest.begun > this.#changed && now - latest.seen.at <= this.#ageLimit();
    return isCurrent ? latest : undefined;
  }

  #isHeld({ begun, at }: { readonly begun: number; readonly at: number }, now: number): boolean {
    if (begun < Math.max(this.#changed, this.#hintedFor())) return false;
    return now - at < (this.#options.failureHoldMs ?? defaultFailureHoldMs);
  }

  #begin(): Promise<Seen<T>> {
    const { clock, load, onLoaded } = this.#options;
    const begun = this.#tick();
    const at = clock.now();
    const seen = Promise.resolve()
      .then(load)
      .then(
        (value) => {
          this.#latest = { begun, seen: { value, at } };
          for (const [about, order] of this.#hints) if (order < begun) this.#hints.delete(about);
          this.#failed = undefined;
          onLoaded?.(undefined);
          return { value, at };
        },
        (reason: unknown) => {
          const error = asCoxswainError(reason);
          this.#failed = { begun, at: clock.now(), error };
          onLoaded?.(error);
          throw error;
        },
      )
      .finally(() => {
        this.#flight = undefined;
        this.#lastedMs = clock.now() - at;
        this.#restUntil = clock.now() + Math.min(longestRestMs, Math.max(shortestRestMs, restFactor * this.#lastedMs));
      });
    this.#flight = { begun, at, seen };
    return seen;
  }
}
