/** How much may be sent: at most `capacity` at once, and `perMinute` in the long run. */
export type BucketLimits = { readonly capacity: number; readonly perMinute: number };

/** What is left at a moment; negative when places were promised ahead of time. */
export type Bucket = { readonly tokens: number; readonly at: number };

/**
 * Takes a token, promising a place in the future when none is left: `waitMs` says how long until then. A bucket that is
 * undefined is full. Example: capacity 1, 60 a minute, three takes at once wait 0, 1000 and 2000 ms.
 */
export function takeToken(
  bucket: Bucket | undefined,
  now: number,
  limits: BucketLimits,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const perMs = limits.perMinute / 60_000;
  const before = bucket ?? { tokens: limits.capacity, at: now };
  const filled = Math.min(limits.capacity, before.tokens + Math.max(0, now - before.at) * perMs);
  const tokens = filled - 1;
  return { bucket: { tokens, at: now }, waitMs: tokens >= 0 ? 0 : Math.ceil(-tokens / perMs) };
}
