import { z } from 'zod';
import type { VerifyCheck } from '../../model/description';
import { countServing, type ServerGroup } from '../../model/server-group';

/** What is known of one server group while it is watched; times in milliseconds since the epoch. */
export const watchSchema = z.object({
  serving: z.number(),
  wanted: z.number(),
  /** Since when not all of it is healthy; absent while all is. */
  sickSince: z.number().optional(),
  /** How many instances it had when all were healthy for the first time, and when the last of them had started. */
  whole: z.object({ count: z.number(), startedBy: z.number() }).optional(),
  /** How many of those are not there any more. */
  lost: z.number(),
});

/** What is known of one server group while it is watched. */
export type Watch = z.output<typeof watchSchema>;

/** How it is watched. */
export type Rules = { readonly checks: readonly VerifyCheck[]; readonly toleranceMs: number };

/** Marathon's own times are compared with each other only: its clock need not be ours. */
const startedBy = (group: ServerGroup, time: number): number =>
  group.instances.filter(({ launchTime }) => launchTime !== undefined && launchTime <= time).length;
const lastStart = ({ instances }: ServerGroup): number =>
  Math.max(0, ...instances.map(({ launchTime = 0 }) => launchTime));

/** Takes what is seen of a group now into what is known of it. */
export function watchGroup(before: Watch | undefined, group: ServerGroup, now: number): Watch {
  const serving = countServing(group);
  const wanted = group.desired;
  const isWhole = serving >= wanted;
  const whole = before?.whole ?? (isWhole ? { count: wanted, startedBy: lastStart(group) } : undefined);
  // What has not started yet stands in for one that is gone.
  const left = startedBy(group, whole?.startedBy ?? 0);
  // Those that somebody took out on purpose are no loss.
  const lost = whole === undefined ? 0 : Math.max(0, Math.min(whole.count, wanted) - left);
  return {
    serving,
    wanted,
    lost,
    ...(isWhole ? {} : { sickSince: before?.sickSince ?? now }),
    ...(whole === undefined ? {} : { whole }),
  };
}

/** What speaks against a group; undefined for nothing yet. */
export function objectionTo(watch: Watch, { checks, toleranceMs }: Rules, now: number): string | undefined {
  const { serving, wanted, sickSince, whole, lost } = watch;
  if (wanted === 0) return 'was taken out of service';
  if (checks.includes('noRestarts') && lost > 0) return `lost ${lost} of ${whole?.count ?? wanted} instances`;
  // A group that was never whole has shown nothing, whatever is checked.
  const mustBeWhole = checks.includes('healthy') || whole === undefined;
  const isLate = sickSince !== undefined && now - sickSince >= toleranceMs;
  return mustBeWhole && isLate
    ? `had ${serving} of ${wanted} instances healthy for ${Math.round((now - sickSince) / 1000)} s`
    : undefined;
}

/** Whether nothing that is checked is in doubt. */
export const isCertain = ({ sickSince, whole }: Watch, { checks }: Rules): boolean =>
  whole !== undefined && (sickSince === undefined || !checks.includes('healthy'));
