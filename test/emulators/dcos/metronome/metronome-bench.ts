import type { DcosEmulatorOptions } from '../../../../src/emulators/dcos/create-dcos-emulator';
import { createBench } from '../bench';

/** The fields of any reply of Metronome that the tests look at; a reply has only some of them. */
export type SeenJob = {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly createdAt: string;
  readonly nextRunAt: string;
  readonly run: { readonly cmd?: string };
  readonly schedules: readonly { readonly id: string; readonly nextRunAt: string }[];
  readonly tasks: readonly { readonly id: string; readonly status: string; readonly completedAt: string | null }[];
  readonly activeRuns: readonly { readonly id: string; readonly status: string }[];
  readonly history: {
    readonly successCount: number;
    readonly failureCount: number;
    readonly lastFailureAt: string | null;
    readonly successfulFinishedRuns: readonly SeenFinishedRun[];
    readonly failedFinishedRuns: readonly SeenFinishedRun[];
  };
};

type SeenFinishedRun = { readonly id: string; readonly tasks: readonly string[]; readonly finishedAt: string };

/** The smallest job that Metronome takes. */
export const report = { id: 'prod.report', run: { cmd: 'make report', cpus: 0.1, mem: 32, disk: 0 } };

/** An emulator on virtual time with short ways to Metronome. */
export function createMetronomeBench(options: DcosEmulatorOptions = {}) {
  const bench = createBench(options);
  const metronome = (method: string, path: string, body?: unknown) => {
    const response = bench.core.handle({ method, path: `/service/metronome${path}`, body });
    return response as Omit<typeof response, 'body'> & { readonly body: SeenJob };
  };
  const history = (id: string) => metronome('GET', `/v1/jobs/${id}?embed=history`).body.history;
  return { ...bench, metronome, history };
}
