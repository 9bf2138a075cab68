import type { Application, Environment, PipelineStage } from '../../src/model/application';
import type { Command, ExecutionDraft } from '../../src/model/command';
import { clusterOf } from '../../src/model/cluster-of';
import type { ExecutionDefinition, PipelineRun } from '../../src/model/execution';
import { locationName, type Location } from '../../src/model/server-group';
import { planPipeline } from '../../src/engine/plan-stages';

/** Puts together what an execution will be, and where it reports: the environment's channel, else where it was asked. */
export function draftExecution(input: {
  readonly kind: ExecutionDefinition['kind'];
  /** Given where a team wrote the stages. */
  readonly writtenAs?: NonNullable<ExecutionDefinition['writtenAs']>;
  readonly name: string;
  readonly application: Application;
  readonly environment: Environment;
  readonly locations: readonly Location[];
  readonly stages: readonly PipelineStage[];
  /** The name of the pipeline that the stages are of. */
  readonly pipeline?: string;
  /** What that pipeline says of its executions. */
  readonly run?: PipelineRun;
  readonly command: Command;
  readonly fromVersion?: string;
  readonly toVersion?: string;
  readonly image?: string;
  readonly cancels?: string;
  readonly reason?: string | undefined;
}): ExecutionDraft {
  const { application, environment, command, locations } = input;
  const asked = command.source.surface === 'slack' ? command.source.channel : undefined;
  const channel = environment.channel ?? asked;
  const definition: ExecutionDefinition = {
    kind: input.kind,
    ...(input.writtenAs === undefined ? {} : { writtenAs: input.writtenAs }),
    environment: environment.name,
    cluster: clusterOf(application, environment),
    regions: locations.map(locationName),
    policy: environment.policy,
    notify: application.notify,
    ...(input.image === undefined ? {} : { image: input.image }),
    ...(input.fromVersion === undefined ? {} : { fromVersion: input.fromVersion }),
    ...(input.toVersion === undefined ? {} : { toVersion: input.toVersion }),
  };
  return {
    application: application.name,
    ...(input.pipeline === undefined ? {} : { pipelineConfigId: `${application.name}/${input.pipeline}` }),
    ...(input.run === undefined ? {} : { run: input.run }),
    name: input.name,
    definition,
    stages: planPipeline(input.stages),
    ...(channel === undefined ? {} : { report: { teamId: command.teamId, channel } }),
    ...(input.cancels === undefined ? {} : { cancels: input.cancels }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  };
}

/** Stages one after the other, numbered from 1. */
export const inSequence = (
  stages: readonly Omit<PipelineStage, 'refId' | 'requisiteStageRefIds'>[],
): readonly PipelineStage[] =>
  stages.map((stage, index) => ({
    ...stage,
    refId: String(index + 1),
    requisiteStageRefIds: index === 0 ? [] : [String(index)],
  }));
