import { takeToken, type Bucket, type BucketLimits } from './token-bucket';

/** Spreads what is sent over time; a place is promised once per message and kept until it is given back. */
export type Pacer = {
  /** When the message may be sent on this key (now or later). Asking again returns the same time. */
  readonly slotFor: (key: string, messageId: string, now: number) => number;
  /** The message was sent or given up. */
  readonly done: (key: string, messageId: string) => void;
  /** Nothing goes out on this key before `until`: Slack said so. */
  readonly pause: (key: string, until: number) => void;
  /** The end of the key's pause, or 0. */
  readonly pausedUntil: (key: string) => number;
};

/** A pacer with one token bucket per key. Lives in memory: after a restart it starts full. */
export function createPacer(limits: BucketLimits): Pacer {
  const buckets = new Map<string, Bucket>();
  const slots = new Map<string, number>();
  const pauses = new Map<string, number>();
  const slotKey = (key: string, messageId: string) => `${key} ${messageId}`;
  return {
    slotFor: (key, messageId, now) => {
      const known = slots.get(slotKey(key, messageId));
      if (known !== undefined) return Math.max(known, pauses.get(key) ?? 0);
      const taken = takeToken(buckets.get(key), now, limits);
      buckets.set(key, taken.bucket);
      slots.set(slotKey(key, messageId), now + taken.waitMs);
      return Math.max(now + taken.waitMs, pauses.get(key) ?? 0);
    },
    done: (key, messageId) => void slots.delete(slotKey(key, messageId)),
    pause: (key, until) => void pauses.set(key, Math.max(until, pauses.get(key) ?? 0)),
    pausedUntil: (key) => pauses.get(key) ?? 0,
  };
}
