/** Sizes as Spinnaker writes them; on DC/OS all three are the same number. */
export type Capacity = { readonly min: number; readonly desired: number; readonly max: number };

/** How a resize says what it wants (semantics §4.5). */
export type ResizeRequest = {
  readonly action?: 'scale_up' | 'scale_down' | 'scale_exact' | undefined;
  readonly scalePct?: number | undefined;
  readonly scaleNum?: number | undefined;
  readonly capacity?:
    | { readonly min?: number | undefined; readonly desired?: number | undefined; readonly max?: number | undefined }
    | undefined;
};

const stepOf = (value: number, { scalePct, scaleNum }: ResizeRequest): number => {
  if (scalePct !== undefined) return Math.ceil((value * scalePct) / 100);
  return scaleNum ?? 0;
};

/**
 * The new size from a live one: 10 up 50 % is 15, down 50 % is 5, down 1000 % is 0, down 6 is 4; exact takes the desired
 * as given, else the live one clamped to the given bounds. Never below 0.
 */
export function resizedCapacity(live: number, request: ResizeRequest): number {
  if (request.action === 'scale_up') return live + stepOf(live, request);
  if (request.action === 'scale_down') return Math.max(0, live - stepOf(live, request));
  const { min, desired, max } = request.capacity ?? {};
  if (desired !== undefined) return desired;
  const upper = max ?? Math.max(min ?? live, live);
  const lower = Math.min(min ?? live, upper);
  return Math.min(Math.max(live, lower), upper);
}
