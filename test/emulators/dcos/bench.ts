import { createVirtualClock, type VirtualClock } from '../../../src/emulators/dcos/clock';
import { createDcosEmulator, type DcosEmulatorOptions } from '../../../src/emulators/dcos/create-dcos-emulator';
import type { EmulatorEvent } from '../../../src/emulators/dcos/context';

/** The fields of an app that the tests look at. */
export type SeenApp = {
  readonly instances: number;
  readonly version: string;
  readonly cmd?: string;
  readonly labels: Record<string, string>;
  readonly versionInfo: { readonly lastConfigChangeAt: string; readonly lastScalingAt: string };
  readonly portDefinitions: readonly { readonly port: number }[];
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly deployments: readonly { readonly id: string }[];
  readonly tasks: readonly {
    readonly id: string;
    readonly state: string;
    readonly version: string;
    readonly host: string;
    readonly ports: readonly number[];
    readonly healthCheckResults: readonly unknown[];
  }[];
  readonly lastTaskFailure?: { readonly taskId: string; readonly message: string };
};

/** The fields of any reply that the tests look at; a reply has only some of them. */
export type SeenBody = {
  readonly app: SeenApp;
  readonly apps: readonly SeenApp[];
  readonly deployments: readonly { readonly id: string }[];
  readonly deploymentId: string;
  readonly version: string;
  readonly versions: readonly string[];
  readonly tasks: SeenApp['tasks'];
  readonly queue: readonly {
    readonly processedOffersSummary: { readonly rejectSummaryLastOffers: readonly unknown[] };
  }[];
  /** Where the reply is an array. */
  readonly length: number;
  readonly '*': readonly SeenApp[];
  readonly message: string;
  /** Of a group. */
  readonly groups: readonly { readonly id: string }[];
  readonly steps: readonly { readonly actions: readonly { readonly action: string; readonly app: string }[] }[];
};

/** An emulator on virtual time with short ways to call it. */
export function createBench(options: DcosEmulatorOptions = {}) {
  const clock = createVirtualClock();
  let seed = 1;
  // A small generator of its own makes every run the same.
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const core = createDcosEmulator({ clock, random, onError: fail, ...options });
  const events: EmulatorEvent[] = [];
  core.subscribe({ onEvent: (event) => void events.push(event) });
  const call = (method: string, path: string, body?: unknown) => {
    const response = core.handle({ method, path, body });
    return response as Omit<typeof response, 'body'> & { readonly body: SeenBody };
  };
  const app = (id: string) => call('GET', `/v2/apps${id}`).body.app;
  return { clock, core, events, call, app };
}

/** No test may pass over a mistake of the emulator's own. */
function fail(error: unknown): never {
  throw error;
}

/** Moves time in small steps until something holds; throws after an emulated hour. */
export function advanceUntil(clock: VirtualClock, holds: () => boolean, stepMs = 50): void {
  const end = clock.now() + 3_600_000;
  while (!holds()) {
    if (clock.now() > end) throw new Error('It did not happen within an emulated hour.');
    clock.advance(stepMs);
  }
}
