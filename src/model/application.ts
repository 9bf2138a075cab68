import type { Chaos } from './chaos';
import type { NamedWindow } from './common-window';
import type { ServerGroupDescription } from './description';
import type { ConcurrencyLimits, Policy, StageContext } from './execution';
import type { PipelineParameter } from './pipeline-parameter';
import type { Secret } from './secret';
import type { Location } from './server-group';
import type { TimeWindow } from './time-window';
import type { TrafficGuardRule } from './traffic-guard';

/** The service part of a server group, merged for one environment. */
export type ServiceDescription = Pick<
  ServerGroupDescription,
  'cpus' | 'mem' | 'env' | 'labels' | 'constraints' | 'serviceEndpoints' | 'healthChecks' | 'marathon' | 'disk' | 'gpus'
>;

/** A name as a file has it, which may be an expression; `label` is what people call the place: `pipelines.main[0].pipeline`. */
export type NameInFile = {
  readonly name: string;
  readonly label: string;
  readonly line: number;
  readonly column: number;
};

/** A pipeline that a stage runs: of itself, as the strategy of a deploy, or to judge the steps of one. */
export type PipelineCall = {
  readonly kind: 'pipeline' | 'strategy' | 'validation';
  /** Absent: the stage's own. */
  readonly application?: NameInFile;
  readonly pipeline: NameInFile;
  /** Absent: the one of the run. */
  readonly environment?: NameInFile;
};

/** A stage as a pipeline names it, before it is resolved for an environment. Durations are in the units of the field's name. */
export type PipelineStage = {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly type: string;
  readonly name: string;
  /** Spinnaker's field names; for `deploy` without `clusters`: strategy fields and `regions` (account/region names or absent for all). */
  readonly context: StageContext;
  /** What the run gives: places, in `regions` as for `deploy`, and the environment's cluster; absent where the stage says all itself. */
  readonly leavesOpen?: readonly ('places' | 'cluster')[];
  /** The pipelines that it runs, as its file names them; only for stages that run some. */
  readonly calls?: readonly PipelineCall[];
  /** Execution windows: its own, and once it is resolved those of pipeline and environment that hold it back; absent for none. */
  readonly windows?: readonly NamedWindow[];
};

/** A pipeline of an application's file; without limits, any number of its executions run at once. */
export type Pipeline = ConcurrencyLimits & {
  readonly name: string;
  readonly stages: readonly PipelineStage[];
  readonly description?: string;
  /** In the order of the file; absent for none. */
  readonly parameters?: readonly PipelineParameter[];
  /** How long an execution may wait for its start, in milliseconds; absent: for ever. */
  readonly startExpiryMs?: number;
  /** It is a strategy: only deploys with `strategy: custom` run it. @default false */
  readonly strategy?: boolean;
  /** It starts no more. @default false */
  readonly disabled?: boolean;
  /** Holds back those of its stages that change server groups, or run other pipelines. */
  readonly window?: TimeWindow;
};

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
  /** Holds back those stages of pipelines that change its server groups. */
  readonly window?: TimeWindow;
  /** How many healthy instances in service nothing may take its cluster below, in each region; absent: one. */
  readonly trafficGuard?: { readonly minInstances: number };
  /** Absent where the file says nothing of it: nothing is killed. */
  readonly chaos?: Chaos;
};

/** An application as its file says. */
export type Application = {
  readonly name: string;
  readonly file: string;
  /** Repository without tag. */
  readonly image: string;
  readonly owner?: { readonly group?: string; readonly email?: string };
  readonly environments: ReadonlyMap<string, Environment>;
  /** All pipelines of the file by name; an environment holds the one that deploys it. */
  readonly pipelines: ReadonlyMap<string, Pipeline>;
  /** Jobs that stages name, each in the fields of a runJob stage but for the job's id and its place; absent for none. */
  readonly jobs?: ReadonlyMap<string, StageContext>;
  readonly notify: { readonly channel: readonly string[]; readonly requester: readonly string[] };
  /** Which of its clusters are guarded; absent: all. */
  readonly trafficGuards?: readonly TrafficGuardRule[];
};

/** A mistake in a file, with where it is (lines and columns count from 1) and what to do. */
export type DefinitionProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

/**
 * How the bot logs in at a cluster: not at all; as a user; as a service account by its key, or by the JSON secret that
 * holds uid, key and login endpoint; or, on open DC/OS before 1.13, with an OpenID token that a person fetched.
 */
export type DcosAuth =
  | { readonly type: 'none' }
  | { readonly type: 'password'; readonly uid: string; readonly password: Secret }
  | { readonly type: 'serviceAccount'; readonly uid: string; readonly privateKey: Secret }
  | { readonly type: 'serviceAccountSecret'; readonly secret: Secret }
  | { readonly type: 'open'; readonly token: Secret };

/** How to reach one DC/OS cluster. */
export type DcosCluster = {
  readonly name: string;
  /** Admin Router's address, without a slash at its end. */
  readonly url: string;
  /** PEM file with the certificate authority to trust instead of the system's. */
  readonly caFile?: string;
  readonly auth: DcosAuth;
  /** Where Marathon stands below `url`; empty where `url` is Marathon's own. @default '/service/marathon' */
  readonly marathonPath?: string;
  /** Where Metronome stands below `url`. @default '/service/metronome' */
  readonly metronomePath?: string;
};

/** The account that builds are started as, with its API token. */
export type JenkinsAuth = { readonly user: string; readonly token: Secret };

/** How to reach one Jenkins. */
export type JenkinsMaster = {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
  /** PEM file with the certificate authority to trust instead of the system's. */
  readonly caFile?: string;
  readonly auth: JenkinsAuth;
  /** The job that `script` stages run, such as `tools/run-script`; undefined where they must name one. */
  readonly scriptJob?: string;
};

/** Everything the files say, as last understood. */
export type Definitions = {
  readonly applications: ReadonlyMap<string, Application>;
  readonly clusters: ReadonlyMap<string, DcosCluster>;
  /** Absent where accounts.yaml names none. */
  readonly jenkins?: ReadonlyMap<string, JenkinsMaster>;
};
