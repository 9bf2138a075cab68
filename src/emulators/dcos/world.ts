import type { CheckHealth } from './check-health';
import type { JsonObject } from './json';
import type { Job, JobRun } from './metronome/job';
import type { MesosTask } from './mesos/mesos-task';
import type { ReadinessResponse } from './tasks/task-runtime';
import type { StoredScript } from './tasks/task-script';
import type { Unheard } from './unheard';

/** A health check as stored, with the defaults filled in. */
export type HealthCheck = JsonObject & { readonly maxConsecutiveFailures: number; readonly protocol: string };

/** A stored app definition: normalised, complete, with assigned service ports. */
export type AppSpec = {
  readonly id: string;
  readonly instances: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly JsonObject[];
  readonly upgradeStrategy: { readonly minimumHealthCapacity: number; readonly maximumOverCapacity: number };
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly killSelection: string;
  readonly requirePorts: boolean;
  readonly version: string;
  readonly versionInfo: { readonly lastScalingAt: string; readonly lastConfigChangeAt: string };
  readonly cmd?: string;
  readonly args?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly constraints?: readonly (readonly string[])[];
  readonly healthChecks?: readonly HealthCheck[];
  readonly readinessChecks?: readonly JsonObject[];
  readonly portDefinitions?: readonly JsonObject[];
  readonly container?: JsonObject;
  readonly residency?: JsonObject;
  readonly [field: string]: unknown;
};

/** Where an instance stands; terminal conditions are never stored, as such an instance is removed or relaunched. */
export type Condition =
  'Scheduled' | 'Staging' | 'Starting' | 'Running' | 'Killing' | 'Unreachable' | 'UnreachableInactive';

/** One instance of an app and its present task. It keeps its id while its task is relaunched. */
export type Instance = {
  readonly id: string;
  readonly appId: string;
  /** Rises with every instance; the youngest has the highest. */
  readonly serial: number;
  readonly spec: AppSpec;
  /** 0 until the first launch. */
  attempt: number;
  condition: Condition;
  goal: 'Running' | 'Decommissioned';
  /** While its agent is lost: the condition before, and what nobody has heard since. */
  lost?: { readonly condition: Condition; readonly unheard: Unheard } | undefined;
  scheduledAt: number;
  agentId: string;
  host: string;
  ports: number[];
  stagedAt: string | undefined;
  startedAt: string | undefined;
  /** Whether all health checks of the present task pass; undefined while none has failed and one has no result. */
  alive: boolean | undefined;
  ready: boolean;
  /** The last answer to a readiness check. */
  readinessResponse: ReadinessResponse | undefined;
  /** The checks of the present task that have a result, in their order in the app. */
  checks: readonly CheckHealth[];
};

/** One action of a deployment step. */
export type DeploymentAction = {
  readonly action: 'StartApplication' | 'StopApplication' | 'ScaleApplication' | 'RestartApplication';
  readonly app: string;
};

/** What a running action remembers between looks. */
export type ActionProgress = {
  /** Instances that this action started. */
  readonly started: string[];
  /** New instances that were seen healthy and ready once; each allows one more old one to be killed. */
  readonly readied: string[];
  killed: number;
  readonly killNow: number;
  readonly maxCapacity: number;
};

/** A running deployment. */
export type Deployment = {
  readonly id: string;
  readonly version: string;
  readonly affectedApps: readonly string[];
  readonly steps: readonly { readonly actions: readonly DeploymentAction[] }[];
  /** The definitions before the change; null means that the app did not exist. */
  readonly original: Readonly<Record<string, AppSpec | null>>;
  /** The definitions after the change; null means that the app was removed. */
  readonly target: Readonly<Record<string, AppSpec | null>>;
  /** Index into steps, from 0. */
  step: number;
  /** By app id; undefined before the step has begun. */
  progress: Record<string, ActionProgress> | undefined;
};

/** What a timer does when it falls due; `wake` only makes the emulator look again, the first six are simulated tasks'. */
export type TimerKind =
  | 'starting'
  | 'running'
  | 'health'
  | 'ready'
  | 'crash'
  | 'killed'
  | 'inactive'
  | 'expunge'
  | 'scaleCheck'
  | 'schedule'
  | 'launchDeadline'
  | 'wake';

/** Something that happens later to an instance, or to whatever else its kind has an id for. */
export type Timer = { readonly at: number; readonly kind: TimerKind; readonly instanceId: string };

/** How long an app has to wait before its next launch. */
export type LaunchDelay = { readonly config: string; readonly delayMs: number; readonly until: number };

/** What a group has beside its content. */
export type GroupSettings = {
  readonly dependencies?: readonly string[];
  readonly enforceRole?: boolean;
  /** When it was made by itself, not by an app in it. */
  readonly createdAt?: string;
};

/** An app that was removed, with its versions, so that its group can go back to one of them. */
export type RemovedApp = { readonly id: string; readonly at: string; readonly specs: readonly AppSpec[] };

/** An instance that was given up while its agent was lost, and whose task may still run there. */
export type ExpungedInstance = {
  readonly agentId: string;
  readonly appId: string;
  readonly instanceId: string;
  readonly taskId: string;
};

/** The whole state of the emulated cluster: plain JSON, so that it can be saved and resumed. */
export type World = {
  readonly apps: Record<string, AppSpec>;
  /** Oldest first, at most 50 per app. */
  readonly versions: Record<string, AppSpec[]>;
  readonly groups: string[];
  readonly groupSettings: Record<string, GroupSettings>;
  /** Oldest first. */
  readonly removed: RemovedApp[];
  instances: Instance[];
  expunged: ExpungedInstance[];
  deployments: Deployment[];
  timers: Timer[];
  readonly delays: Record<string, LaunchDelay>;
  readonly failures: Record<string, JsonObject>;
  /** Counts abdications. */
  leaderTerm: number;
  /** Until when there is no leader. */
  electionUntil: number;
  /** The tasks of all frameworks in the order of their launch, with those that have ended lately. */
  readonly mesosTasks: MesosTask[];
  readonly jobs: Record<string, Job>;
  /** The runs of jobs that have not ended, oldest first. */
  runs: JobRun[];
  /** How simulated tasks behave, the newest last. */
  scripts: StoredScript[];
  /** Pools of Edge-LB and their own templates, by name. */
  readonly edgeLb: { readonly pools: Record<string, JsonObject>; readonly templates: Record<string, string> };
  lastVersionAt: number;
  serial: number;
};

/**
 * A copy of a world to work on. Its records have no prototype, so that a name that a client made up (`constructor`) is
 * not found in one.
 */
export function copyOfWorld(world: World): World {
  const copy = structuredClone(world);
  const { edgeLb } = copy;
  return {
    ...copy,
    apps: bare(copy.apps),
    versions: bare(copy.versions),
    groupSettings: bare(copy.groupSettings),
    delays: bare(copy.delays),
    failures: bare(copy.failures),
    jobs: bare(copy.jobs),
    edgeLb: { pools: bare(edgeLb.pools), templates: bare(edgeLb.templates) },
  };
}

function bare<V>(record: Record<string, V>): Record<string, V> {
  return Object.assign(Object.create(null) as Record<string, V>, record);
}

/** A cluster that has never been used. */
export function emptyWorld(): World {
  return {
    apps: {},
    versions: {},
    groups: [],
    groupSettings: {},
    removed: [],
    instances: [],
    expunged: [],
    deployments: [],
    timers: [],
    delays: {},
    failures: {},
    leaderTerm: 0,
    electionUntil: 0,
    mesosTasks: [],
    jobs: {},
    runs: [],
    scripts: [],
    edgeLb: { pools: {}, templates: {} },
    lastVersionAt: 0,
    serial: 0,
  };
}
