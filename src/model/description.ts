import type { StageContext } from './execution';
import type { Location } from './server-group';

/** A health check in Spinnaker's spelling (semantics §2.1); seconds. */
export type HealthCheckDescription = {
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';
  readonly path?: string;
  readonly command?: string;
  readonly portIndex?: number;
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxConsecutiveFailures: number;
};

/** One port a service listens on (semantics §2.1, `serviceEndpoints`). */
export type ServiceEndpoint = {
  readonly networkType: 'HOST' | 'BRIDGE' | 'USER';
  readonly port: number;
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | 'udp,tcp';
  readonly loadBalanced?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
};

/** A pipeline that judges a step of a deployment, under Spinnaker's names (semantics §5). */
export type ValidationPipeline = {
  readonly application: string;
  readonly pipelineId: string;
  readonly pipelineParameters?: Readonly<Record<string, unknown>>;
};

/** What is watched of server groups: that all instances are healthy, that none is replaced. */
export type VerifyCheck = 'healthy' | 'noRestarts';

/** One step of a canary: its size, in instances or in percent of the whole, and what gives the verdict. */
export type CanaryStep = {
  readonly instances?: number;
  readonly percentage?: number;
  /** How long the canary is watched; absent: it is not, and another verdict is asked for. */
  readonly durationSec?: number;
  readonly checks?: readonly VerifyCheck[];
  readonly toleranceSec?: number;
  /** A job that must succeed, in the fields of a runJob stage. */
  readonly job?: StageContext;
  /** What must be true after that, without `${ }`. */
  readonly expression?: string;
  /** Whether a person decides. @default false */
  readonly judgment?: boolean;
};

/** What a server group is made of: one entry of `clusters[]` of a deploy stage (semantics §2.1, §4.4). */
export type ServerGroupDescription = {
  readonly cloudProvider: 'dcos';
  readonly account: string;
  readonly application: string;
  readonly stack: string;
  readonly freeFormDetails: string;
  readonly dcosCluster: string;
  readonly group: string;
  /** Spinnaker's safe region. */
  readonly region: string;
  /** Where it is in the team's words. */
  readonly location: Location;
  readonly desiredCapacity: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk?: number;
  readonly gpus?: number;
  readonly env?: Readonly<Record<string, string | { readonly secret: string }>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Comma between constraints, colon inside: `hostname:UNIQUE,rack:GROUP_BY:2`. */
  readonly constraints?: string;
  readonly docker: { readonly image: { readonly imageId: string } };
  readonly serviceEndpoints: readonly ServiceEndpoint[];
  readonly healthChecks: readonly HealthCheckDescription[];
  /** Any further Marathon app field, as Marathon spells it; wins over what is derived. */
  readonly marathon?: Readonly<Record<string, unknown>>;
  readonly strategy: 'none' | 'highlander' | 'redblack' | 'rollingredblack' | 'canary' | 'custom';
  /** Of `rollingredblack`: how far the new group has come at each step, in percent. @default [50, 100] */
  readonly targetPercentages?: readonly number[];
  /** Of `rollingredblack`: a pipeline that must succeed before each step takes from the old group. */
  readonly pipelineBeforeCleanup?: ValidationPipeline;
  /** Of `rollingredblack`: whether a person decides before each step takes from the old group. @default false */
  readonly judgmentBeforeCleanup?: boolean;
  /** Of `canary`: what is tried before the new group takes over, in order. */
  readonly canary?: readonly CanaryStep[];
  /** Of `custom`: whose file has the strategy pipeline. @default the application's own */
  readonly strategyApplication?: string;
  /** Of `custom`: the pipeline, marked `strategy: true`, that creates the server group and decides what becomes of the others. */
  readonly strategyPipeline?: string;
  /** Of `custom`: what that pipeline is told beside what it is run for. */
  readonly pipelineParameters?: Readonly<Record<string, unknown>>;
  /** How many percent of the instances must be healthy before what served before gives way. @default 100 */
  readonly targetHealthyDeployPercentage?: number;
  /** Empty: health is of no interest. */
  readonly interestingHealthProviderNames?: readonly string[];
  readonly maxRemainingAsgs?: number;
  readonly delayBeforeDisableSec?: number;
  readonly delayBeforeScaleDownSec?: number;
  readonly scaleDown?: boolean;
  readonly rollback?: { readonly onFailure: boolean };
  readonly stageTimeoutMs?: number;
  /** How long a group that did not come up is kept for diagnosis, out of service. @default 60 */
  readonly keepFailedMinutes?: number;
};
