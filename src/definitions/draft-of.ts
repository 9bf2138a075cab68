import { planPipeline } from '../engine/plan-stages';
import type { Application, Environment, PipelineStage } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import type { ExecutionDraft } from '../model/command';
import type { ExecutionDefinition, PipelineRun, ReportTarget } from '../model/execution';
import { locationName, type Location } from '../model/server-group';

/** What an execution will do, whoever asks for it. */
export type DraftInput = {
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
  readonly fromVersion?: string;
  readonly toVersion?: string;
  readonly image?: string;
  readonly cancels?: string;
  readonly reason?: string | undefined;
};

/** Puts together what an execution will be; one without `report` tells nobody. */
export function draftOf(input: DraftInput & { readonly report: ReportTarget | undefined }): ExecutionDraft {
  const { application, environment, locations, report } = input;
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
    ...(report === undefined ? {} : { report }),
    ...(input.cancels === undefined ? {} : { cancels: input.cancels }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  };
}
