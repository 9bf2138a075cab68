import { z } from 'zod';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { locationName } from '../../src/model/server-group';
import { isComplete } from '../../src/model/status';
import { changeOf } from '../../src/strategies';

/** How many executions of a cluster are looked back upon. */
const historyLimit = 50;

/** Executions of a cluster (`foo-prod`), newest first. */
export async function readHistory(store: DocumentStore, cluster: string): Promise<readonly Execution[]> {
  const found = await store.list(executionKind, {
    index: { name: 'cluster', value: cluster },
    newestFirst: true,
    limit: historyLimit,
  });
  return found.map((versioned) => versioned.document);
}

/** The execution that works on a cluster now, if any. */
export const runningExecution = (history: readonly Execution[]): Execution | undefined =>
  history.find((execution) => !isComplete(execution.status));

const candidates = z.array(
  z.object({
    location: z.object({ account: z.string(), region: z.string() }),
    rollback: z.string(),
    restore: z.string(),
  }),
);

/** What became of a server group: it served as deployed, or it failed, was rejected or was rolled back from. */
export type Verdict = 'good' | 'bad';

/** Verdicts by `account/region/name`; groups that no execution made have none. */
export function verdictsOf(history: readonly Execution[]): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const execution of [...history].reverse()) {
    if (!isComplete(execution.status)) continue;
    const succeeded = execution.status === 'SUCCEEDED';
    for (const stage of execution.stages) {
      const change = stage.type === 'createServerGroup' ? changeOf(stage) : undefined;
      if (change !== undefined)
        verdicts.set(`${locationName(change.location)}/${change.created}`, succeeded ? 'good' : 'bad');
      if (stage.type !== 'rollbackCluster' || !succeeded) continue;
      for (const { location, rollback, restore } of candidates.catch([]).parse(stage.outputs.candidates)) {
        const place = `${location.account}/${location.region}`;
        verdicts.set(`${place}/${rollback}`, 'bad');
        verdicts.set(`${place}/${restore}`, 'good');
      }
    }
  }
  return verdicts;
}
