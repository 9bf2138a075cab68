/** Sizes as Spinnaker writes them; on DC/OS all three are the same number. */
export type Capacity = { readonly min: number; readonly desired: number; readonly max: number };

/** How a resize says what it wants (semantics §4.5). Percentages are whole: 50 is half. */
export type ResizeRequest = {
  /** @default 'scale_exact' */
  readonly action?:
    'scale_up' | 'scale_down' | 'scale_exact' | 'scale_to_cluster' | 'scale_to_server_group' | undefined;
  /** `exact` makes any action `scale_exact`. */
  readonly resizeType?: 'pct' | 'incr' | 'exact' | undefined;
  /** Wins over `scaleNum` where both are there. */
  readonly scalePct?: number | undefined;
  readonly scaleNum?: number | undefined;
  readonly capacity?:
    | { readonly min?: number | undefined; readonly desired?: number | undefined; readonly max?: number | undefined }
    | undefined;
  /**
   * What becomes of an exact or a copied size: all three the desired one; the smallest the desired one; the smallest what it was
   * first, where that is less. The first of them that is set wins over the others.
   */
  readonly pinCapacity?: boolean | undefined;
  readonly pinMinimumCapacity?: boolean | undefined;
  readonly unpinMinimumCapacity?: boolean | undefined;
};

/** What a resize looks at. */
export type ResizeBasis = {
  /** The size of the group itself. */
  readonly live: Capacity;
  /** The sizes of all groups of its cluster in the place, its own among them; `scale_to_cluster` reads them. */
  readonly cluster?: readonly Capacity[];
  /** The size of the group that `scale_to_server_group` copies. @default the live one */
  readonly source?: Capacity;
  /** What `unpinMinimumCapacity` goes back to; it changes nothing where this is not known. */
  readonly originalMin?: number;
};

/**
 * How many of `size` instances must be healthy where so many percent are asked for (semantics §4.2): rounded, and at least
 * one unless the percentage or the size is 0.
 */
export const healthyTarget = (size: number, percentage: number): number =>
  size === 0 || percentage === 0 ? 0 : Math.max(1, Math.round((size * percentage) / 100));

/** The three sizes of a group that has exactly `size` instances. */
export const exactly = (size: number): Capacity => ({ min: size, desired: size, max: size });

const mapCapacity = ({ min, desired, max }: Capacity, change: (size: number) => number): Capacity => ({
  min: change(min),
  desired: change(desired),
  max: change(max),
});

const percentOf = (size: number, percent: number): number => Math.ceil((size * percent) / 100);

const stepOf = (size: number, { scalePct, scaleNum }: ResizeRequest): number =>
  scalePct === undefined ? (scaleNum ?? 0) : percentOf(size, scalePct);

/** Takes what is not asked for from the live size; a desired size that is asked for is taken as it is. */
function exactCapacity(live: Capacity, { capacity = {} }: ResizeRequest): Capacity {
  const wanted = capacity.min ?? live.min;
  const max = capacity.max ?? Math.max(wanted, live.max);
  const min = Math.min(wanted, max);
  return { min, max, desired: capacity.desired ?? Math.min(Math.max(live.desired, min), max) };
}

/** The largest sizes of a cluster, and so much more, but never above its largest maximum. */
function clusterCapacity(groups: readonly Capacity[], request: ResizeRequest): Capacity {
  const largest = (size: keyof Capacity) => Math.max(0, ...groups.map((group) => group[size]));
  const [min, desired, max] = [largest('min'), largest('desired'), largest('max')];
  return { min, desired: Math.min(desired + stepOf(desired, request), max), max };
}

/** A percentage of the desired size, the others as far out of its way as they must be; then pinned or unpinned. */
function scaleAndPin(from: Capacity, request: ResizeRequest, originalMin: number | undefined): Capacity {
  const desired = request.scalePct === undefined ? from.desired : percentOf(from.desired, request.scalePct);
  const isScaled = request.scalePct !== undefined;
  const max = isScaled ? Math.max(from.max, desired) : from.max;
  const min = isScaled ? Math.min(from.min, desired) : from.min;
  if (request.pinCapacity === true) return exactly(desired);
  if (request.pinMinimumCapacity === true) return { min: desired, desired, max };
  const isLess = request.unpinMinimumCapacity === true && originalMin !== undefined && originalMin < min;
  return { min: isLess ? originalMin : min, desired, max };
}

/**
 * The new sizes (semantics §4.5): 10 up 50 % is 15, down 50 % is 5, down 1000 % is 0, down 6 is 4. Exact takes the desired as
 * given, else the live one clamped to the given bounds. A percentage of an exact or copied size is one of its desired size.
 * Never below 0.
 */
export function resizedCapacity(basis: ResizeBasis, request: ResizeRequest): Capacity {
  const { live, cluster = [live], source = live, originalMin } = basis;
  switch (request.resizeType === 'exact' ? 'scale_exact' : request.action) {
    case 'scale_up':
      return mapCapacity(live, (size) => size + stepOf(size, request));
    case 'scale_down':
      return mapCapacity(live, (size) => Math.max(0, size - stepOf(size, request)));
    case 'scale_to_cluster':
      return clusterCapacity(cluster, request);
    case 'scale_to_server_group':
      return scaleAndPin(source, request, originalMin);
    default:
      return scaleAndPin(exactCapacity(live, request), request, originalMin);
  }
}
