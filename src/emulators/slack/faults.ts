import type { JsonObject } from './json';
import { asFilledText } from './json';

/** What a fault does to a call. `lost_reply` lets the effect happen and cuts the connection; `down` cuts it before. */
export type FaultKind = 'rate_limited' | 'http_error' | 'error' | 'slow' | 'lost_reply' | 'down';

/** A fault to inject into Web API calls. */
export type Fault = {
  readonly kind: FaultKind;
  /** The method it strikes, or '*' for all. */
  readonly method: string;
  /** How many calls it strikes; Infinity until cleared. */
  readonly times: number;
  readonly retryAfterSeconds: number;
  readonly status: number;
  readonly error: string;
  readonly delayMs: number;
};

const kinds: readonly FaultKind[] = ['rate_limited', 'http_error', 'error', 'slow', 'lost_reply', 'down'];

/**
 * Reads a fault: `{kind, method?, times?, retryAfterSeconds?, status?, error?, delayMs?}`. Defaults: every method, one
 * call (`down`: until cleared), one second, 503, 'internal_error', 1000 ms.
 * @returns undefined when the kind is unknown
 */
export function readFault(body: JsonObject): Fault | undefined {
  const kind = kinds.find((each) => each === body.kind);
  if (kind === undefined) return undefined;
  const amount = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  return {
    kind,
    method: asFilledText(body.method) ?? '*',
    times: amount(body.times, kind === 'down' ? Infinity : 1),
    retryAfterSeconds: amount(body.retryAfterSeconds, 1),
    status: amount(body.status, 503),
    error: asFilledText(body.error) ?? 'internal_error',
    delayMs: amount(body.delayMs, 1000),
  };
}

/** The faults waiting to strike, oldest first. */
export class Faults {
  private waiting: readonly Fault[] = [];

  /** Adds one. */
  add(fault: Fault): void {
    this.waiting = [...this.waiting, fault];
  }

  /** Takes all away. */
  clear(): void {
    this.waiting = [];
  }

  /** Whether all of Slack is down. */
  isDown(): boolean {
    return this.waiting.some((fault) => fault.kind === 'down' && fault.method === '*');
  }

  /** The fault that strikes a call of this method, used up by one; undefined for none. */
  strike(method: string): Fault | undefined {
    const hit = this.waiting.find((fault) => fault.method === '*' || fault.method === method);
    if (hit === undefined) return undefined;
    this.waiting = this.waiting
      .map((fault) => (fault === hit ? { ...fault, times: fault.times - 1 } : fault))
      .filter((fault) => fault.times > 0);
    return hit;
  }
}
