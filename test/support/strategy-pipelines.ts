import type { Application, Pipeline } from '../../src/model/application';
import { applicationOf } from './child-kit';
import type { Step } from './engine-kit';

/** `foo` with the pipeline `plain` and the strategy `gently` of these stages; where a stage acts the run says. */
export function withStrategy(
  steps: readonly Step[],
  plain: readonly Step[] = [],
  over: Partial<Pipeline> = {},
): ReadonlyMap<string, Application> {
  const [name, application] = applicationOf('foo', { plain, gently: steps });
  const stages = application.pipelines.get('gently')?.stages ?? [];
  const open = stages.map((stage) =>
    stage.type === 'disableCluster' ? { ...stage, leavesOpen: ['places', 'cluster'] as const } : stage,
  );
  const strategy: Pipeline = { name: 'gently', stages: open, strategy: true, ...over };
  return new Map([[name, { ...application, pipelines: new Map([...application.pipelines, ['gently', strategy]]) }]]);
}
