import { z } from 'zod';
import type { PipelineStage } from '../../src/model/application';
import { locationName } from '../../src/model/server-group';
import { findStrategy } from '../../src/strategies';
import type { LivePlace } from './live-groups';

const place = z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() });
const written = z.array(z.looseObject({ strategy: z.string().optional() }));
const described = z.looseObject({ location: place, desiredCapacity: z.number() });
const waited = z.object({ waitTimeBetweenRegions: z.number() });

function clusterText(cluster: z.output<typeof written>[number], places: readonly LivePlace[]): string {
  const strategy = findStrategy(cluster.strategy);
  const { data } = described.safeParse(cluster);
  if (data === undefined) return strategy.name;
  const here = places.find(({ location }) => locationName(location) === locationName(data.location));
  return strategy.summary(data, here?.current?.desired);
}

function orderText({ context }: PipelineStage): readonly string[] {
  const { data } = waited.safeParse(context);
  if (data === undefined) return [];
  const { waitTimeBetweenRegions: seconds } = data;
  return [`one region after another${seconds > 0 ? `, ${seconds} s between them` : ''}`];
}

/** What the strategies of a resolved pipeline will do, with the sizes of each place as they are now. */
export function strategiesText(stages: readonly PipelineStage[], places: readonly LivePlace[]): string {
  const used = stages
    .filter((stage) => stage.type === 'deploy')
    .flatMap((stage) => [
      ...written
        .catch([])
        .parse(stage.context.clusters)
        .map((cluster) => clusterText(cluster, places)),
      ...orderText(stage),
    ]);
  return [...new Set(used)].join('; ') || 'no deploy stage';
}
