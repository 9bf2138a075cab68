import type { EmulatorClock } from './clock';
import type { FaultBox } from './faults';
import type { TaskRuntime } from './tasks/task-runtime';
import type { TimerKind, World } from './world';

/** A Mesos agent with its resources; memory and disk in megabytes. */
export type Agent = {
  readonly id: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly mem: number;
  /** 1000000 by default. */
  readonly disk?: number;
  /** None by default. */
  readonly gpus?: number;
  /** What constraints can ask for beside the hostname. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The role that its resources are reserved for, such as `slave_public`; `*`, for anybody, by default. */
  readonly role?: string;
};

/** How long things take with simulated tasks, in milliseconds before the clock's speed. Scripts can override them. */
export type Timings = {
  readonly startMs: number;
  readonly healthyMs: number;
  readonly healthIntervalMs: number;
  readonly killMs: number;
  /** How long there is no leader after an abdication. */
  readonly electionMs: number;
};

/** One event of the stream. */
export type EmulatorEvent = {
  readonly eventType: string;
  readonly timestamp: string;
  readonly [field: string]: unknown;
};

/** What every part of the emulator works on. */
export type Context = {
  readonly clock: EmulatorClock;
  readonly random: () => number;
  readonly world: World;
  readonly faults: FaultBox;
  readonly agents: readonly Agent[];
  readonly timings: Timings;
  /** What runs the tasks. */
  readonly runtime: TaskRuntime;
  /** Sends an event to the subscribers; eventType and timestamp are added. */
  readonly emit: (eventType: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Cuts every event stream. */
  readonly closeStreams: () => void;
  /** Lets something happen to an instance `delayMs` from now, in emulated time. */
  readonly schedule: (kind: TimerKind, instanceId: string, delayMs: number) => void;
  /** Carries on with everything that can go on now: deployments and launches. */
  readonly settle: () => void;
};

/** The present moment as Marathon writes it. */
export function timestamp(context: Context): string {
  return new Date(context.clock.now()).toISOString();
}

/** The version that `nextVersion` would give, without taking it. */
export function peekVersion({ world, clock }: Context): string {
  return new Date(Math.max(Math.floor(clock.now()), world.lastVersionAt + 1)).toISOString();
}

/** A version that is later than every version before, even within one millisecond. */
export function nextVersion(context: Context): string {
  const { world, clock } = context;
  world.lastVersionAt = Math.max(Math.floor(clock.now()), world.lastVersionAt + 1);
  return new Date(world.lastVersionAt).toISOString();
}

/** A random UUID of version 4, made of the injected randomness. */
export function nextUuid(context: Context): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (letter) => {
    const digit = Math.floor(context.random() * 16);
    return (letter === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}
