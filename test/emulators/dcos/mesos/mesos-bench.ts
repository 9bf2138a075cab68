import type { SeenTask } from './seen-task';
import { createMetronomeBench, report } from '../metronome/metronome-bench';

/** An emulator with one job of a given script that has run to its end, and ways to what it left behind. */
export function createFinishedJob(labels: Readonly<Record<string, string>>) {
  const bench = createMetronomeBench();
  bench.metronome('POST', '/v1/jobs', { ...report, labels: { EMULATOR_RUN_MS: '100', ...labels } });
  const runId = bench.metronome('POST', '/v1/jobs/prod.report/runs').body.id;
  bench.clock.advance(2000);
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    bench.core.handle({ method: 'GET', path, headers });
  const { frameworks } = get('/mesos/state').body as { frameworks: { name: string; completed_tasks: SeenTask[] }[] };
  const task = frameworks.find(({ name }) => name === 'metronome')?.completed_tasks[0];
  if (task === undefined) throw new Error('Mesos does not know the task of the job.');
  const agent = `/agent/${task.slave_id}`;
  const executor = `/frameworks/${task.framework_id}/executors/${task.id}`;
  const file = (name: string) => encodeURIComponent(`${executor}/runs/latest/${name}`);
  return { ...bench, get, runId, task, agent, executor, file };
}
