import type { Clock } from '../engine/clock';
import type { Claimed, DocumentKind, DocumentStore } from '../engine/ports/document-store';
import type { DueHandler, Wake } from '../engine/ports/wake';
import { CoxswainError } from '../model/errors';

/** What an embedded wake works with. */
export type EmbeddedWakeOptions = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** What is claimed: exactly the kinds that there will be handlers of. */
  readonly kinds: readonly DocumentKind<never>[];
  /** The name leases are taken under; every wake on a store has its own. */
  readonly owner: string;
  /** Told of every failed handler and every failed look at the store; the work itself is found again. */
  readonly onError: (error: unknown, context: { readonly kind?: string; readonly id?: string }) => void;
  /** @default 10,000; renewed after three tenths of it while a handler runs */
  readonly leaseMs?: number;
  /** How many handlers run at once. @default 64 */
  readonly concurrency?: number;
  /** How often to look without being asked. @default 30,000 */
  readonly sweepMs?: number;
};

type Settings = Required<EmbeddedWakeOptions>;

type Handlers = Readonly<Record<string, DueHandler>>;

const maxClaim = 16;

/**
 * A wake that claims due documents from the store by itself: on a hint, at the next due time and at each sweep. A handler
 * that throws keeps its lease until it expires; then the document is claimed again.
 */
export function createEmbeddedWake(options: EmbeddedWakeOptions): Wake {
  const wake = new EmbeddedWake({ concurrency: 64, leaseMs: 10_000, sweepMs: 30_000, ...options });
  return {
    start: (handlers) => wake.start(handlers),
    hint: () => wake.look(),
    stop: (deadlineMs) => wake.stop(deadlineMs),
  };
}

class EmbeddedWake {
  readonly #settings: Settings;
  readonly #running = new Map<string, Promise<void>>();
  #active = 0;
  /** Undefined before the start and after the stop. */
  #handlers: Handlers | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #cancelTimer = (): void => undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  start(handlers: Handlers): void {
    const claimed = this.#settings.kinds.map(({ name }) => name).sort();
    const handled = Object.keys(handlers).sort();
    if (claimed.join() !== handled.join()) {
      const message = `A wake claims ${claimed.join(', ')}, and has handlers of ${handled.join(', ')}.`;
      throw new CoxswainError('INTERNAL', { message });
    }
    this.#handlers = handlers;
    this.look();
  }

  look(): void {
    if (this.#handlers === undefined) return;
    this.#lookAgain = true;
    this.#looking ??= this.#lookUntilQuiet();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#handlers = undefined;
    this.#cancelTimer();
    const ended = (async () => {
      await this.#looking;
      await Promise.allSettled(this.#running.values());
    })();
    await withDeadline(ended, deadlineMs, this.#settings.clock);
  }

  async #lookUntilQuiet(): Promise<void> {
    while (this.#lookAgain && this.#handlers !== undefined) {
      this.#lookAgain = false;
      try {
        await this.#claimAll();
        this.#armTimer(await this.#untilNextDue());
      } catch (error) {
        this.#settings.onError(error, {});
        this.#armTimer(1_000);
      }
    }
    this.#looking = undefined;
  }

  async #claimAll(): Promise<void> {
    const { store, clock, kinds, owner, leaseMs, concurrency } = this.#settings;
    while (this.#handlers !== undefined && this.#active < concurrency) {
      const limit = Math.min(maxClaim, concurrency - this.#active);
      const claimed = await store.claimDue({ kinds, owner, now: clock.now(), leaseMs, limit });
      for (const one of claimed) await this.#begin(one);
      if (claimed.length < limit) return;
    }
  }

  async #begin(claimed: Claimed): Promise<void> {
    const { store, clock, owner } = this.#settings;
    const handler = this.#handlers?.[claimed.kind];
    if (handler === undefined) {
      // Stopped meanwhile: a lease that ends now leaves the document to the next owner at once.
      await store.renew(claimed.kind, claimed.id, owner, clock.now());
      return;
    }
    const key = `${claimed.kind} ${claimed.id}`;
    // A handler that has given its lease back may still be finishing; the next one waits for it.
    const previous = this.#running.get(key) ?? Promise.resolve();
    this.#active += 1;
    const current = previous
      .then(() => this.#handle(claimed, handler))
      .finally(() => {
        this.#active -= 1;
        if (this.#running.get(key) === current) this.#running.delete(key);
        this.look();
      });
    this.#running.set(key, current);
  }

  async #handle(claimed: Claimed, handler: DueHandler): Promise<void> {
    const stopRenewing = keepLease(claimed, this.#settings);
    try {
      await handler(claimed, this.#settings.owner);
    } catch (error) {
      this.#settings.onError(error, { kind: claimed.kind, id: claimed.id });
    } finally {
      stopRenewing();
    }
  }

  async #untilNextDue(): Promise<number> {
    const { store, clock, kinds, concurrency, sweepMs } = this.#settings;
    // With every place taken, the handler that ends first looks again.
    if (this.#handlers === undefined || this.#active >= concurrency) return sweepMs;
    const now = clock.now();
    const next = await store.nextDue(
      kinds.map(({ name }) => name),
      now,
    );
    return next === undefined ? sweepMs : Math.max(1, next - now);
  }

  #armTimer(delayMs: number): void {
    this.#cancelTimer();
    if (this.#handlers === undefined) return;
    this.#cancelTimer = this.#settings.clock.after(Math.min(delayMs, this.#settings.sweepMs), () => this.look());
  }
}

function keepLease({ kind, id }: Claimed, { store, clock, owner, leaseMs, onError }: Settings): () => void {
  let stopped = false;
  let cancel = (): void => undefined;
  const isStopped = (): boolean => stopped;
  const renewLater = (): void => {
    cancel = clock.after(leaseMs * 0.3, () => void renew());
  };
  const renew = async (): Promise<void> => {
    try {
      const kept = await store.renew(kind, id, owner, clock.now() + leaseMs);
      // Lost or given back: nothing to keep. The version of the document decides whether the handler still counts.
      if (!kept) return;
    } catch (error) {
      onError(error, { kind, id });
    }
    if (!isStopped()) renewLater();
  };
  renewLater();
  return () => {
    stopped = true;
    cancel();
  };
}

async function withDeadline(work: Promise<void>, deadlineMs: number, clock: Clock): Promise<void> {
  let cancel = (): void => undefined;
  const deadline = new Promise<void>((resolve) => {
    cancel = clock.after(deadlineMs, resolve);
  });
  await Promise.race([work, deadline]);
  cancel();
}
