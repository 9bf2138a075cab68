import { z } from 'zod';
import { keyLabel } from '../../src/dcos/server-groups';
import { executionKind } from '../../src/engine/document-kinds';
import { parseEffectKey } from '../../src/engine/effect-key';
import { awaitingOf } from '../../src/engine/lineage';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { locationName, type ServerGroup } from '../../src/model/server-group';
import { isComplete } from '../../src/model/status';
import { creationVerdict, type Creator, type Verdict } from './creation-verdict';
import type { LivePlace } from './live-groups';

/** How a verdict is looked up: `account/region/name`. */
export const verdictName = (group: ServerGroup): string => `${locationName(group.location)}/${group.name}`;

/** How many rollbacks are read at first, and at most; between them four times as many each time. */
const rollbacksAtFirst = 25;
const rollbacksAtMost = 1600;

async function readCreators(
  store: DocumentStore,
  groups: readonly ServerGroup[],
): Promise<ReadonlyMap<string, Creator>> {
  const ids = new Set(groups.flatMap((group) => parseEffectKey(group.labels[keyLabel])?.executionId ?? []));
  const found = await Promise.all([...ids].map((id) => store.get(executionKind, id)));
  const executions = found.flatMap((versioned) => versioned?.document ?? []);
  const creators = executions.map(async (execution): Promise<readonly [string, Creator]> => {
    return [execution.id, { execution, awaitedBy: await awaitingOf(store, execution) }];
  });
  return new Map(await Promise.all(creators));
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
    const key = group.labels[keyLabel] ?? '';
    const creator = creators.get(parseEffectKey(key)?.executionId ?? '');
    const created = creator === undefined ? undefined : creationVerdict(creator, key);
    // A rollback from before the group was created was about another one of its name.
    const later = rollbacks.filter((rollback) => rollback.buildTime >= group.createdTime).flatMap(rollbackVerdicts);
    const verdict = later.findLast(([about]) => about === name)?.[1] ?? created;
    if (verdict !== undefined) verdicts.set(name, verdict);
  }
  return verdicts;
}
