import { z } from 'zod';
import { keyLabel } from '../../src/dcos/server-groups';
import { executionKind } from '../../src/engine/document-kinds';
import { effectKeyPrefix, parseEffectKey, type EffectKey } from '../../src/engine/effect-key';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { locationName, type ServerGroup } from '../../src/model/server-group';
import { isComplete } from '../../src/model/status';
import type { LivePlace } from './live-groups';

/** What became of a server group: it served as deployed, or it failed, was rejected, canceled or rolled back from. */
export type Verdict = 'good' | 'bad';

/** How a verdict is looked up: `account/region/name`. */
export const verdictName = (group: ServerGroup): string => `${locationName(group.location)}/${group.name}`;

/** How many rollbacks are read at first, and at most; between them four times as many each time. */
const rollbacksAtFirst = 25;
const rollbacksAtMost = 1600;

const undone = z.object({ keys: z.array(z.string()) });

/** Whether an execution took back what one of its stages created, or tried to. */
const wasUndone = (execution: Execution, stageId: string): boolean =>
  execution.stages.some((stage) => {
    const read = undone.safeParse(stage.type === 'undoServerGroup' ? stage.context : undefined);
    return read.success && read.data.keys.includes(effectKeyPrefix(execution.id, stageId));
  });

const wasRejected = (execution: Execution): boolean =>
  execution.stages.some((stage) => stage.type === 'manualJudgment' && stage.context.judgmentStatus === 'stop');

/**
 * What its creation came to; undefined while that is open. Only the last attempt of a stage can have succeeded. What failed
 * in another region says nothing about this one, unless it was taken back with it.
 */
function creationVerdict(execution: Execution, { stageId, attempt }: EffectKey): Verdict | undefined {
  if (!isComplete(execution.status)) return undefined;
  const stage = execution.stages.find((candidate) => candidate.id === stageId);
  if (stage?.status !== 'SUCCEEDED' || stage.attempt !== attempt) return 'bad';
  if (execution.status === 'SUCCEEDED') return 'good';
  const isBad = execution.status === 'CANCELED' || wasRejected(execution) || wasUndone(execution, stageId);
  return isBad ? 'bad' : 'good';
}

async function readCreators(
  store: DocumentStore,
  groups: readonly ServerGroup[],
): Promise<ReadonlyMap<string, Execution>> {
  const ids = new Set(groups.flatMap((group) => parseEffectKey(group.labels[keyLabel])?.executionId ?? []));
  const found = await Promise.all([...ids].map((id) => store.get(executionKind, id)));
  return new Map(found.flatMap((versioned) => (versioned === undefined ? [] : [[versioned.id, versioned.document]])));
}

/** Rollbacks of a cluster, oldest first, at least as far back as `since`. */
async function readRollbacks(store: DocumentStore, cluster: string, since: number): Promise<readonly Execution[]> {
  for (let limit = rollbacksAtFirst; ; limit *= 4) {
    const index = { name: 'rollbackOf', value: cluster };
    const found = await store.list(executionKind, { index, newestFirst: true, limit });
    const oldest = found.at(-1)?.document.buildTime ?? 0;
    if (found.length < limit || oldest < since || limit >= rollbacksAtMost)
      return found.map(({ document }) => document).reverse();
  }
}

const turned = z.object({
  location: z.object({ account: z.string(), region: z.string() }),
  rollbackServerGroupName: z.string(),
  restoreServerGroupName: z.string().optional(),
});

/** What a rollback says of groups, region for region; one that was canceled was turned round again. */
function rollbackVerdicts(execution: Execution): readonly (readonly [string, Verdict])[] {
  if (!isComplete(execution.status) || execution.status === 'CANCELED') return [];
  return execution.stages
    .filter((stage) => stage.type === 'rollbackServerGroup' && stage.status === 'SUCCEEDED')
    .flatMap((stage) => {
      // One of several places only plans others, which say what they did.
      const { data } = turned.safeParse(stage.context);
      if (data === undefined) return [];
      const place = `${data.location.account}/${data.location.region}`;
      const bad = [`${place}/${data.rollbackServerGroupName}`, 'bad'] as const;
      return data.restoreServerGroupName === undefined
        ? [bad]
        : [bad, [`${place}/${data.restoreServerGroupName}`, 'good'] as const];
    });
}

/**
 * Verdicts on the server groups that exist: each names the execution that created it, and rollbacks are read as far back
 * as the oldest of them. Groups that no known execution made have none.
 */
export async function readVerdicts(
  store: DocumentStore,
  cluster: string,
  places: readonly LivePlace[],
): Promise<ReadonlyMap<string, Verdict>> {
  const groups = places.flatMap((place) => place.groups);
  const creators = await readCreators(store, groups);
  const rollbacks = await readRollbacks(store, cluster, Math.min(...groups.map((group) => group.createdTime)));
  const verdicts = new Map<string, Verdict>();
  for (const group of groups) {
    const name = verdictName(group);
    const key = parseEffectKey(group.labels[keyLabel]);
    const creator = key === undefined ? undefined : creators.get(key.executionId);
    const created = key === undefined || creator === undefined ? undefined : creationVerdict(creator, key);
    // A rollback from before the group was created was about another one of its name.
    const later = rollbacks.filter((rollback) => rollback.buildTime >= group.createdTime).flatMap(rollbackVerdicts);
    const verdict = later.findLast(([about]) => about === name)?.[1] ?? created;
    if (verdict !== undefined) verdicts.set(name, verdict);
  }
  return verdicts;
}
