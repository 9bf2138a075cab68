import { isAlive, startProcessBench, until } from './process-bench';
import type { SeenJob } from '../metronome/metronome-bench';

jest.setTimeout(60_000);

let bench: Awaited<ReturnType<typeof startProcessBench>>;
beforeEach(async () => {
  bench = await startProcessBench();
});
afterEach(() => bench.close());

function start(cmd: string, run: object = {}) {
  const metronome = (method: string, path: string, body?: unknown) =>
    bench.call<SeenJob>(method, `/service/metronome${path}`, body).body;
  metronome('POST', '/v1/jobs', { id: 'prod.report', run: { cpus: 0.1, mem: 32, disk: 0, cmd, ...run } });
  const { id } = metronome('POST', '/v1/jobs/prod.report/runs');
  const history = () => metronome('GET', '/v1/jobs/prod.report?embed=history').history;
  const task = () => metronome('GET', `/v1/jobs/prod.report/runs/${id}`).tasks[0];
  return { metronome, id, history, task };
}

describe('a real job', () => {
  it('leaves a result in its sandbox that can be read after its end', async () => {
    const { id, history } = start('echo $PASSED > log; printf \'{"ok": "%s"}\' "$PASSED" > result.json', {
      env: { PASSED: 'schön' },
    });
    const [run] = await until('it has ended', () => history().successCount === 1 && history().successfulFinishedRuns);
    expect(run).toMatchObject({ id, tasks: [expect.stringMatching(new RegExp(`^prod_report_${id}\\.instance-`))] });
    const taskId = run?.tasks[0] ?? '';
    const response = await fetch(`${bench.fileUrl(taskId, 'result.json')}&offset=0`);
    expect(await response.json()).toEqual({ data: '{"ok": "schön"}', offset: 0 });
    const { tasks } = bench.call<{ tasks: object[] }>('GET', `/mesos/tasks?task_id=${taskId}`).body;
    expect(tasks).toMatchObject([{ state: 'TASK_FINISHED', name: `${id}.report.prod` }]);
  });

  it('tells its exit status by Mesos alone', async () => {
    const { history } = start('echo why >&2; exit 4');
    const [run] = await until('it has ended', () => history().failureCount === 1 && history().failedFinishedRuns);
    const taskId = run?.tasks[0] ?? '';
    const { tasks } = bench.call<{ tasks: { statuses: object[] }[] }>('GET', `/mesos/tasks?task_id=${taskId}`).body;
    expect(tasks[0]?.statuses.at(-1)).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 4' });
    const log = await fetch(`${bench.url}/system/v1/logs/v2/task/${taskId}/file/stderr?cursor=END&skip=-20`);
    expect(await log.text()).toBe('why\n');
  });

  it('can be stopped, which ends its process and is a failure', async () => {
    const { metronome, id, history, task } = start('echo $$ > pid; exec sleep 600');
    const { id: taskId } = await until('it runs', () => task()?.status === 'TASK_RUNNING' && task());
    const pid = Number(await until('it has written', async () => (await bench.text(taskId, 'pid')) || undefined));
    expect(metronome('POST', `/v1/jobs/prod.report/runs/${id}/actions/stop`)).toMatchObject({ id });
    await until('it has ended', () => history().failureCount === 1);
    expect(isAlive(pid)).toBe(false);
    expect(history().failedFinishedRuns).toMatchObject([{ id, tasks: [taskId] }]);
    expect(metronome('GET', `/v1/jobs/prod.report/runs/${id}`)).toMatchObject({ message: 'Job Run not found' });
  });

  it('starts again after a failure when told so, in a fresh sandbox', async () => {
    const restart = { policy: 'ON_FAILURE', activeDeadlineSeconds: 600 };
    const cmd = 'touch mark; test "$(ls ../*/mark | wc -l)" -ge 2';
    const { history } = start(cmd, { restart });
    const [run] = await until('it has ended', () => history().successCount === 1 && history().successfulFinishedRuns);
    expect(run?.tasks).toHaveLength(2);
  });
});
