import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { locationName, type Location } from '../model/server-group';
import type { StagePlan } from '../engine/contracts/stage';

const createdSchema = z.object({ serverGroupName: z.string(), stoodBefore: z.array(z.string()).default([]) });
const sourceSchema = z.object({ source: z.object({ serverGroupName: z.string(), desired: z.number() }) });
const placeSchema = z.object({
  cluster: z.string(),
  location: z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() }),
});

/** What one createServerGroup stage did: where, what it made, and what served there before. */
export type Change = {
  readonly location: Location;
  readonly cluster: string;
  readonly created: string;
  readonly source: { readonly serverGroupName: string; readonly desired: number } | undefined;
  /** All groups of the cluster that stood there when the deploy began. */
  readonly stoodBefore: readonly string[];
};

/** Reads a createServerGroup stage's change; undefined where nothing was created. */
export function changeOf(stage: Stage): Change | undefined {
  const created = createdSchema.safeParse(stage.outputs);
  const place = placeSchema.safeParse({ ...stage.outputs, ...stage.context });
  if (!created.success || !place.success) return undefined;
  const source = sourceSchema.safeParse(stage.outputs);
  const { location, cluster } = place.data;
  return {
    location,
    cluster,
    created: created.data.serverGroupName,
    source: source.success ? source.data.source : undefined,
    stoodBefore: created.data.stoodBefore,
  };
}

/**
 * The way back from one change: the old group at its old size first, then the new one out of service. Where nothing
 * served before, the new group alone goes (the traffic guard still has its say).
 */
export function planChangeUndo({ location, cluster, created, source }: Change): readonly StagePlan[] {
  const place = locationName(location);
  const base = { location, cluster };
  const disable: StagePlan = {
    type: 'disableServerGroup',
    name: `Disable ${created} in ${place}`,
    context: { ...base, serverGroupName: created, forceDeployment: true },
  };
  if (source === undefined) return [disable];
  const { serverGroupName, desired } = source;
  const names = { rollbackServerGroupName: created, restoreServerGroupName: serverGroupName };
  return [
    {
      type: 'rollbackServerGroup',
      name: `${created} → ${serverGroupName} in ${place}`,
      context: { ...base, ...names, desired },
    },
  ];
}

/** The way back from everything an execution changed: one stage for each change, so that one failing stops no other. */
export function planUndo(execution: Execution): readonly StagePlan[] {
  return execution.stages
    .filter((stage) => stage.type === 'createServerGroup')
    .flatMap((stage) => changeOf(stage) ?? [])
    .reverse()
    .filter((change) => change.source !== undefined)
    .flatMap(planChangeUndo);
}
