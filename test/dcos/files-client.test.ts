import { openConnections } from '../../src/dcos/cluster-connections';
import type { ClusterConnection } from '../../src/dcos/cluster-connections';
import { metronomeTaskPrefix } from '../../src/dcos/mesos-client';
import { tailTaskFile } from '../../src/dcos/tail-task-file';
import { createManualClock } from '../support/manual-clock';
import { startFakeAgent } from './fake-agent';
import type { FakeAgent, FakeAnswer } from './fake-agent';

const sandbox = '/var/lib/mesos/slave/slaves/S0/frameworks/F0/executors/web.1/runs/C0';
const file = { agentId: 'S0', path: `${sandbox}/stdout` };
const task = { id: 'web.1', name: 'web', framework_id: 'F0', executor_id: '', slave_id: 'S0', state: 'TASK_RUNNING' };
const ended = {
  ...task,
  id: 'prod_db_20160715130259A34HX.instance-1._app.1',
  state: 'TASK_FAILED',
  statuses: [
    { state: 'TASK_RUNNING', timestamp: 1 },
    { state: 'TASK_FAILED', timestamp: 2.5, message: 'Command exited with status 1', reason: 'REASON_X' },
  ],
};
const state = JSON.stringify({
  slaves: [{ id: 'S0', hostname: '10.0.0.1', pid: 'slave(1)@10.0.0.1:5051', attributes: {}, resources: { cpus: 4 } }],
  frameworks: [
    { id: 'F0', name: 'marathon', active: true, tasks: [task], unreachable_tasks: [], completed_tasks: null },
  ],
  completed_frameworks: [{ id: 'F1', name: 'metronome', tasks: [], completed_tasks: [ended] }],
});
const agentState = JSON.stringify({
  frameworks: [{ id: 'F0', executors: [], completed_executors: [{ id: 'web.1', directory: sandbox }] }],
});
const everywhere = {
  '/mesos/master/state': state,
  '/mesos/master/tasks': JSON.stringify({ tasks: [task] }),
  '/agent/S0/slave(1)/state': agentState,
};

let agent: FakeAgent;
let cluster: ClusterConnection;
const start = async (answers: Readonly<Record<string, FakeAnswer>> = everywhere) => {
  agent = await startFakeAgent(answers);
  const found = openConnections(new Map([['lab', { name: 'lab', url: agent.url, auth: { type: 'none' } }]])).get('lab');
  if (found === undefined) throw new Error('no connection');
  cluster = found;
};
afterEach(() => agent.close());

describe('reading files of a sandbox', () => {
  it('reads more than Mesos gives at once, though each piece cuts a character', async () => {
    await start();
    // Three bytes a character: 64 KiB is no multiple of it.
    const text = `x${'€'.repeat(60_000)}\nend "quoted" \\ \n`;
    agent.files.set(file.path, Buffer.from(text));
    const part = await cluster.files.read(file, { offset: 0 });
    expect(part.text === text).toBe(true);
    expect([part.nextOffset, part.sizeBytes]).toEqual([Buffer.byteLength(text), Buffer.byteLength(text)]);
    expect(agent.requests.length).toBe(4);
  });

  it('follows a file that grows, leaving a character that is not there yet for later', async () => {
    await start();
    const whole = Buffer.from('grün\n');
    agent.files.set(file.path, whole.subarray(0, 3));
    const first = await cluster.files.read(file, { offset: 0 });
    expect(first).toEqual({ text: 'gr', nextOffset: 2, sizeBytes: 3 });
    agent.files.set(file.path, whole);
    expect(await cluster.files.read(file, { offset: first.nextOffset })).toEqual({
      text: 'ün\n',
      nextOffset: 6,
      sizeBytes: 6,
    });
    expect(await cluster.files.read(file, { offset: 6 })).toEqual({ text: '', nextOffset: 6, sizeBytes: 6 });
  });

  it('says where a file that was replaced by a shorter one ends', async () => {
    await start();
    agent.files.set(file.path, Buffer.from('new'));
    expect(await cluster.files.read(file, { offset: 500 })).toEqual({ text: '', nextOffset: 3, sizeBytes: 3 });
  });

  it.each([
    ['a\nb\nc\n', 2, ['b', 'c']],
    ['a\nb\nc', 2, ['b', 'c']],
    ['a\r\n\r\nc\r\n', 9, ['a', '', 'c']],
    ['', 3, []],
    ['a\n', 0, []],
  ])('of %j gives the last %i lines', async (text, lines, expected) => {
    await start();
    agent.files.set(file.path, Buffer.from(text));
    expect(await cluster.files.tail(file, { lines })).toEqual(expected);
  });

  it('leaves out the line, and the character, that the tail cut', async () => {
    await start();
    agent.files.set(file.path, Buffer.from('€€€€\nlast\n'));
    expect(await cluster.files.tail(file, { lines: 5, maxBytes: 10 })).toEqual(['last']);
  });

  it('downloads the exact bytes', async () => {
    await start();
    const bytes = Buffer.from([0, 255, 195, 40, 10]);
    agent.files.set(file.path, bytes);
    expect(await cluster.files.download(file)).toEqual(bytes);
  });

  it('lists a folder', async () => {
    const listed = [
      { path: `${sandbox}/stdout`, size: 12, mode: '-rw-r--r--', mtime: 1.5, nlink: 1, uid: 'root', gid: 'root' },
      { path: `${sandbox}/tmp`, size: 4096, mode: 'drwxr-xr-x', mtime: 2 },
    ];
    await start({ '/agent/S0/files/browse': JSON.stringify(listed) });
    expect(await cluster.files.browse({ agentId: 'S0', path: sandbox })).toEqual([
      { path: `${sandbox}/stdout`, isFolder: false, sizeBytes: 12, changedAt: 1500 },
      { path: `${sandbox}/tmp`, isFolder: true, sizeBytes: 4096, changedAt: 2000 },
    ]);
  });

  it('calls a file that was collected NOT_FOUND', async () => {
    await start();
    const reads = [
      cluster.files.read(file, { offset: 0 }),
      cluster.files.tail(file, { lines: 1 }),
      cluster.files.download(file),
      cluster.files.browse(file),
    ];
    for (const read of reads) await expect(read).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('finding tasks', () => {
  it('finds a running task, and the tasks of a Metronome run that has ended', async () => {
    await start();
    const found = await cluster.mesos.findTask('web.1');
    expect(found).toMatchObject({ id: 'web.1', executorId: 'web.1', agentId: 'S0', statuses: [] });
    const idPrefix = metronomeTaskPrefix('prod.db', '20160715130259A34HX');
    const [run] = await cluster.mesos.findTasks({ idPrefix, framework: 'metronome' });
    expect(run?.statuses.at(-1)).toEqual({
      state: 'TASK_FAILED',
      message: 'Command exited with status 1',
      reason: 'REASON_X',
      timestamp: 2500,
    });
    expect(await cluster.mesos.findTasks({ idPrefix, framework: 'marathon' })).toEqual([]);
  });

  it('looks through the state where Mesos does not filter tasks', async () => {
    await start();
    expect((await cluster.mesos.findTask(ended.id))?.state).toBe('TASK_FAILED');
    expect(agent.requests).toEqual([`/mesos/master/tasks?task_id=${ended.id}`, '/mesos/master/state']);
  });

  it('finds the sandbox of an ended task, and guesses it where the agent has no word', async () => {
    await start();
    const [found] = await cluster.mesos.findTasks({ idPrefix: 'web.1' });
    if (found === undefined) throw new Error('no task');
    expect(await cluster.mesos.sandboxOf(found)).toEqual({ agentId: 'S0', path: sandbox });
    expect(await cluster.mesos.sandboxOf({ ...found, executorId: 'other' })).toEqual({
      agentId: 'S0',
      path: '/frameworks/F0/executors/other/runs/latest',
    });
  });
});

describe('tailTaskFile', () => {
  const logPath = '/system/v1/logs/v2/task/web.1/file/stderr';

  it('asks dcos-log', async () => {
    await start({ [logPath]: 'a\nb\n' });
    expect(await tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 20 })).toEqual(['a', 'b']);
    expect(agent.requests).toEqual([`${logPath}?cursor=END&skip=-20`]);
  });

  it('reads the sandbox where there is no dcos-log', async () => {
    await start();
    agent.files.set(`${sandbox}/stderr`, Buffer.from('a\nb\nc\n'));
    expect(await tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 })).toEqual(['b', 'c']);
  });

  it.each([403, 404, 429, 500, 503, 400, 'broken'] as const)(
    'reads the sandbox where dcos-log answers %s',
    async (status) => {
      await start({ ...everywhere, [logPath]: { status } });
      agent.files.set(`${sandbox}/stderr`, Buffer.from('a\nb\nc\n'));
      expect(await tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 })).toEqual(['b', 'c']);
    },
  );

  it('reads no sandbox where dcos-log lets nobody in', async () => {
    await start({ ...everywhere, [logPath]: { status: 401 } });
    const tail = tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 });
    await expect(tail).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(agent.requests).toHaveLength(1);
  });

  it('reads the sandbox where dcos-log does not answer within 700 ms', async () => {
    await start({ ...everywhere, [logPath]: { status: 'silent' } });
    agent.files.set(`${sandbox}/stderr`, Buffer.from('a\nb\nc\n'));
    const clock = createManualClock();
    const tail = tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 }, { clock });
    await agent.silenced;
    await clock.advance(699);
    expect(agent.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await tail).toEqual(['b', 'c']);
  });

  it('reads nothing more once the caller gave up', async () => {
    await start({ ...everywhere, [logPath]: { status: 'silent' } });
    const given = new AbortController();
    const options = { clock: createManualClock(), signal: given.signal };
    const tail = tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 }, options);
    await agent.silenced;
    given.abort();
    await expect(tail).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(agent.requests).toHaveLength(1);
  });

  it('knows nothing of a task that Mesos forgot, or whose sandbox is gone', async () => {
    await start();
    expect(await tailTaskFile(cluster, { taskId: 'gone', file: 'stderr', lines: 2 })).toBeUndefined();
    expect(await tailTaskFile(cluster, { taskId: 'web.1', file: 'stderr', lines: 2 })).toBeUndefined();
  });
});
