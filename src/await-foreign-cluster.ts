import { changesForward } from './definitions/held-by-windows';
import type { ForeignCluster } from './definitions/touched-clusters';
import { holderOf, holdsCluster, lockCluster, type ClusterHolder } from './engine/cluster-lock';
import type { Holds } from './engine/contracts/holds';
import type { TaskLook, TaskResult } from './engine/contracts/task';
import { executionKind } from './engine/document-kinds';
import { findCircle, type Circle } from './engine/find-circle';
import { isWindowOverridden, windowsOpenedOf } from './engine/foreign-window';
import { familyOf, topLevelOf } from './engine/graph';
import { stageHoldOf, type StageHold } from './engine/held-stage';
import { chainOf } from './engine/lineage';
import type { DocumentStore } from './engine/ports/document-store';
import { rollbackAhead } from './engine/waiting-ahead';
import { windowJitterMs } from './engine/window-jitter';
import { commonOpening } from './model/common-window';

/** What taking a cluster of another environment needs. */
export type ForeignParts = { readonly store: DocumentStore; readonly holds: Holds };

type Look = Pick<TaskLook<never>, 'execution' | 'stage' | 'now'>;

/** How long until a stage that waits looks again: for a cluster, for a lock or a stop, and for a window, if not before that. */
const clusterLookMs = 5000;
const heldLookMs = 60_000;
const windowLookMs = 600_000;

const held = (waitsFor: StageHold, retryAfterMs: number) =>
  ({
    status: 'RUNNING' as const,
    isHeld: true,
    retryAfterMs,
    context: { waitsFor },
  }) satisfies TaskResult;

const placeOf = ({ application, environment }: ForeignCluster): string => `${application.name} ${environment.name}`;

/** A lock of the environment, or a stop: asked before the first stage there, as before an execution starts. */
async function heldBack({ holds }: ForeignParts, { execution, now }: Look, foreign: ForeignCluster) {
  const { application, environment } = foreign;
  const definition = { ...execution.definition, environment: environment.name };
  const hold = await holds.look({ ...execution, application: application.name, definition });
  if (hold === undefined) return undefined;
  const left = (hold.until ?? Number.POSITIVE_INFINITY) - now;
  return held({ kind: 'hold', place: placeOf(foreign), hold }, Math.max(1000, Math.min(heldLookMs, left)));
}

/** Whether a stage of the pipeline, or a part of it, has acted in this attempt. */
const hasActed = ({ execution, stage }: Look): boolean =>
  familyOf(execution, topLevelOf(execution, stage)).some(({ tasks }) => tasks.some(({ memo }) => memo !== undefined));

/** Whether the window of an environment may hold a stage back: not what goes back, has acted, or was let through by somebody. */
function isSubject(look: Look, place: string): boolean {
  const { execution, stage } = look;
  const isForward = execution.definition.kind !== 'rollback' && changesForward(topLevelOf(execution, stage));
  return isForward && !hasActed(look) && !isWindowOverridden(execution, stage, place);
}

/**
 * The window of the environment, for each stage of the pipeline that changes something there, ways back excepted. Its jitter
 * counts from when the stage first sees it open; where it is closed by then, the next opening is waited for.
 */
function beforeWindow(look: Look, foreign: ForeignCluster): TaskResult | undefined {
  const { execution, stage, now } = look;
  const { name, window } = foreign.environment;
  const place = placeOf(foreign);
  if (window === undefined || !isSubject(look, place)) return undefined;
  const of = `environment ${name}`;
  const windows = [{ of, window }];
  const opening = commonOpening(windows, now);
  if (opening === undefined) {
    const reason = `The window of ${of} never opens. Change it, and start again.`;
    return { status: 'TERMINAL', code: 'INVALID_INPUT', reason };
  }
  const known = windowsOpenedOf(stage);
  const openedAt = known[place] ?? opening;
  const from = openedAt + windowJitterMs(execution, `${topLevelOf(execution, stage).id}/${place}`, windows);
  if (opening === now && now >= from) return undefined;
  const beginsAt = commonOpening(windows, Math.max(from, now)) ?? from;
  const opened = opening === now ? { windowsOpened: { ...known, [place]: openedAt } } : {};
  const opensAt = opening === now ? openedAt : opening;
  const next = opening === now ? from : opening;
  const waits = held({ kind: 'window', of, place, opensAt, beginsAt }, Math.min(windowLookMs, next - now));
  return { ...waits, context: { ...waits.context, ...opened } };
}

/** The wait for whoever works on a cluster; found twice in the same circle of executions, the stage gives up. */
async function behind(store: DocumentStore, look: Look, cluster: string, other: ClusterHolder): Promise<TaskResult> {
  const { execution, stage } = look;
  const before = stageHoldOf(stage);
  const isSaved = before?.kind === 'cluster' && before.cluster === cluster;
  const circle: Circle | undefined = isSaved
    ? await findCircle(store, { executionId: execution.id, stageId: stage.id })
    : undefined;
  if (circle !== undefined && isSaved && circle.key === before.circle)
    return { status: 'TERMINAL', code: 'STAGE_FAILED', reason: circle.reason };
  const holder = (await store.get(executionKind, other.executionId))?.document;
  const isExpiry = other.expiryId !== undefined;
  const name = isExpiry ? 'the end of a server group that had failed' : (holder?.name ?? other.executionId);
  const user = isExpiry || holder === undefined ? {} : { user: holder.trigger.user };
  const found = circle === undefined ? {} : { circle: circle.key };
  return held({ kind: 'cluster', cluster, name, ...user, ...found }, clusterLookMs);
}

/**
 * Takes a cluster of another environment for a stage that is about to act there: what keeps executions from starting there
 * keeps the stage, then the window, then whoever works there. It has the cluster until its execution ends. Answers how the
 * stage waits, or why it fails; undefined where it may act. Doing it again changes nothing.
 */
export async function awaitForeignCluster(
  parts: ForeignParts,
  look: Look,
  foreign: ForeignCluster,
): Promise<TaskResult | undefined> {
  const { store } = parts;
  const { cluster } = foreign;
  const holder = holderOf(look.execution);
  const isOwn = await holdsCluster(store, cluster, holder);
  const waits = (isOwn ? undefined : await heldBack(parts, look, foreign)) ?? beforeWindow(look, foreign);
  if (waits !== undefined || isOwn) return waits;
  const chain = [look.execution.id, ...(await chainOf(store, look.execution))];
  const other =
    (await rollbackAhead(store, { executionId: look.execution.id, cluster }, chain)) ??
    (await lockCluster(store, cluster, holder, undefined, chain));
  return other === undefined ? undefined : behind(store, look, cluster, other);
}
