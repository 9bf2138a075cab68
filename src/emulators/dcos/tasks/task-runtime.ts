import type { CheckResult } from '../check-health';
import type { JsonObject } from '../json';
import type { SandboxFiles } from './sandbox-files';

/** What a task starts: a line for the shell, or a program with its arguments. */
export type TaskCommand = { readonly shell: string } | { readonly program: readonly string[] };

/** A port of a task: what its definition asked for (0 for any), its name, and whether the host port has to be that one. */
export type TaskPort = { readonly requested: number; readonly name: string | undefined; readonly isFixed: boolean };

/** A task as a runtime has to run it; plain data. */
export type RuntimeTask = {
  /** What reports and timers name it by: the id of Marathon's instance, or of Metronome's task. */
  readonly key: string;
  readonly taskId: string;
  readonly framework: 'marathon' | 'metronome';
  /** The app or job, by which scripts and faults find it. */
  readonly ownerId: string;
  readonly containerId: string;
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined when an image alone says what runs. */
  readonly command: TaskCommand | undefined;
  readonly image: string | undefined;
  readonly env: JsonObject;
  /** MARATHON_APP_ID and MARATHON_APP_VERSION. */
  readonly specId: string;
  readonly version: string;
  readonly resources: { readonly cpus: number; readonly mem: number; readonly disk: number; readonly gpus: number };
  readonly ports: readonly TaskPort[];
  /** The host ports chosen by the scheduler, as many as `ports`. */
  readonly hostPorts: readonly number[];
  readonly healthChecks: readonly JsonObject[];
  readonly readinessChecks: readonly JsonObject[];
  readonly killGraceSeconds: number;
};

/** The last answer to a readiness check. */
export type ReadinessResponse = { readonly status: number; readonly contentType: string; readonly body: string };

/** What a runtime tells about a task, in this order; an end comes once and last. */
export type TaskReport = { readonly key: string } & (
  | {
      readonly kind: 'starting';
      /** Given when other host ports than those of the scheduler were free. */
      readonly hostPorts?: readonly number[];
    }
  | { readonly kind: 'running' }
  | ({ readonly kind: 'health' } & CheckResult)
  | { readonly kind: 'readiness'; readonly isReady: boolean; readonly response?: ReadinessResponse }
  | {
      readonly kind: 'ended';
      readonly state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED';
      readonly message: string;
    }
);

/** Which task is meant. */
export type TaskName = Pick<RuntimeTask, 'key' | 'taskId'>;

/** Runs tasks and tells what becomes of them: the one place where simulated and real tasks differ. */
export type TaskRuntime = {
  /** Starts a task that was staged. */
  readonly launch: (task: RuntimeTask) => void;
  /** Asks a task to end; its end is reported. */
  readonly kill: (task: TaskName) => void;
  /** Ends a task at once, without a report. */
  readonly abandon: (task: TaskName) => void;
  /** Whether a task is only simulated, so that a seed may declare it running. */
  readonly isSimulated: (task: RuntimeTask) => boolean;
  readonly files: SandboxFiles;
  /** Ends everything that runs; resolves when nothing is left. Reports nothing. */
  readonly close: () => Promise<void>;
};
