import { parseEffectKey } from '../engine/effect-key';
import type { Execution } from '../model/execution';
import { actsOf, retriedAt, type Act } from './acts-of';
import type { GroupChange } from './find-changes';

/** Where two looks were made, and when they began; milliseconds since the epoch. */
export type LookSpan = {
  /** `account/region`. */
  readonly place: string;
  /** The look before: what had taken effect earlier was seen by it. */
  readonly since: number;
  /** This look: what takes effect later may be seen by it or not. */
  readonly at: number;
};

const later = (one: number, other: number): number => other - one;

function isCreatedByUs(key: string | undefined, { place, since }: LookSpan, executions: readonly Execution[]): boolean {
  const creator = parseEffectKey(key);
  const execution = executions.find(({ id }) => id === creator?.executionId);
  if (creator === undefined || execution === undefined) return false;
  if ((retriedAt(execution, place) ?? since - 1) >= since) return true;
  return actsOf(execution, place).some(
    ({ type, stageId, until }) => type === 'created' && stageId === creator.stageId && until >= since,
  );
}

/** The last act that surely took effect before the look decides what we left behind; later ones may be seen already. */
function mayLeave(size: number, acts: readonly Act[], at: number): boolean {
  const last = acts.filter(({ isSure, until }) => isSure && until <= at).at(-1);
  const from = last?.until ?? Number.NEGATIVE_INFINITY;
  const possible = acts.filter(({ isSure, until }) => until > at || (!isSure && until >= from));
  return [last, ...possible].some((act) => act?.size === size);
}

/**
 * Whether executions of ours made a change between two looks. Intents are saved before anybody acts on them, so whatever
 * we changed stands in the documents by the time it is seen. What an execution that was retried in between did before
 * that is not known any more: what may be its doing is taken for ours, unless a later act left something else behind.
 */
export function isOurs(change: GroupChange, span: LookSpan, executions: readonly Execution[]): boolean {
  if (change.type === 'created') return isCreatedByUs(change.after.key, span, executions);
  if (change.type === 'changed') return false;
  const { place, since, at } = span;
  const { name } = change.before;
  const acts = executions
    .flatMap((execution) => actsOf(execution, place))
    .filter(({ serverGroupName, until }) => serverGroupName === name && until >= since)
    .sort((one, other) => one.until - other.until);
  const [retried] = executions.flatMap((execution) => retriedAt(execution, place) ?? []).sort(later);
  const isForgotten = retried !== undefined && retried >= since;
  if (change.type === 'gone') return isForgotten || acts.some(({ type }) => type === 'destroyed');
  const hasActedSince = acts.some(({ isSure, until }) => isSure && until > (retried ?? at) && until <= at);
  return (isForgotten && !hasActedSince) || mayLeave(change.after.desired, acts, at);
}
