import type { ServerGroupDescription } from './description';
import type { Policy, StageContext } from './execution';
import type { Location } from './server-group';

/** The service part of a server group, merged for one environment. */
export type ServiceDescription = Pick<
  ServerGroupDescription,
  'cpus' | 'mem' | 'env' | 'labels' | 'constraints' | 'serviceEndpoints' | 'healthChecks' | 'marathon' | 'disk' | 'gpus'
>;

/** A stage as a pipeline names it, before it is resolved for an environment. Durations are in the units of the field's name. */
export type PipelineStage = {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly type: string;
  readonly name: string;
  /** Spinnaker's field names; for `deploy` without `clusters`: strategy fields and `regions` (account/region names or absent for all). */
  readonly context: StageContext;
};

/** A pipeline of an application's file. */
export type Pipeline = { readonly name: string; readonly stages: readonly PipelineStage[] };

/** One environment of an application: the stack of its clusters. */
export type Environment = {
  readonly name: string;
  readonly locations: readonly Location[];
  /** Per region. */
  readonly instances: number;
  readonly pipeline: Pipeline;
  readonly service: ServiceDescription;
  /** Slack channel name without '#'; undefined when neither environment nor application names one. */
  readonly channel: string | undefined;
  readonly policy: Policy;
  /** Whether a deployment waits for the requester's confirmation: true where anyone judges or deployers are limited. */
  readonly confirm: boolean;
};

/** An application as its file says. */
export type Application = {
  readonly name: string;
  readonly file: string;
  /** Repository without tag. */
  readonly image: string;
  readonly owner?: { readonly group?: string; readonly email?: string };
  readonly environments: ReadonlyMap<string, Environment>;
  readonly notify: { readonly channel: readonly string[]; readonly requester: readonly string[] };
};

/** A mistake in a file, with where it is (lines and columns count from 1) and what to do. */
export type DefinitionProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

/** How to reach one DC/OS cluster. Secrets are resolved from their references, never shown. */
export type DcosCluster = {
  readonly name: string;
  /** Admin Router's address; Marathon stands below `/service/marathon`. */
  readonly url: string;
  readonly caFile?: string;
  readonly auth: { readonly type: 'none' };
};

/** Everything the files say, as last understood. */
export type Definitions = {
  readonly applications: ReadonlyMap<string, Application>;
  readonly clusters: ReadonlyMap<string, DcosCluster>;
};
