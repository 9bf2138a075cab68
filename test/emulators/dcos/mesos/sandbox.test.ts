import { createFinishedJob } from './mesos-bench';

const output = 'grüße\n€uro\nlast';
const labels = { EMULATOR_STDOUT: output, 'EMULATOR_FILE:out/result.json': '{"ok":true}' };
const plainText = { 'content-type': 'text/plain; charset=utf-8' };

describe('files/read', () => {
  it.each(['', '&offset=-1', '&length=5'])('tells the size in bytes for %j', (query) => {
    const { get, agent, file } = createFinishedJob(labels);
    const { body } = get(`${agent}/files/read?path=${file('stdout')}${query}`);
    expect(body).toEqual({ data: '', offset: Buffer.byteLength(output) });
  });

  it.each([
    ['offset=0', output],
    ['offset=0&length=-1', output],
    ['offset=0&length=2', 'gr'],
    ['offset=2&length=2', 'ü'],
    ['offset=0&length=0', ''],
    ['offset=1000', ''],
  ])('gives the part that %s names', (query, data) => {
    const { get, agent, file } = createFinishedJob(labels);
    const offset = Number(new URLSearchParams(query).get('offset'));
    expect(get(`${agent}/files/read?path=${file('stdout')}&${query}`).body).toEqual({ data, offset });
  });

  it('cuts characters in two where the bytes end, and sends the bytes as they are', () => {
    const { get, agent, file } = createFinishedJob(labels);
    const parts: Buffer[] = [];
    for (let offset = 0; offset < Buffer.byteLength(output); offset += 3) {
      const { body } = get(`${agent}/files/read?path=${file('stdout')}&offset=${offset}&length=3`);
      const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      const { data } = JSON.parse(raw.toString('latin1')) as { data: string };
      parts.push(Buffer.from(data, 'latin1'));
    }
    expect(parts[0]?.toString('utf8')).toBe('gr\ufffd');
    expect(Buffer.concat(parts).toString('utf8')).toBe(output);
  });

  it('gives at most 16 pages at a time', () => {
    const { get, agent, file } = createFinishedJob({ EMULATOR_STDOUT: 'x'.repeat(100_000) });
    const { data } = get(`${agent}/files/read?path=${file('stdout')}&offset=0&length=99999`).body as { data: string };
    expect(data).toHaveLength(65_536);
  });

  it.each([
    ['', 400, "Expecting 'path=value' in query.\n"],
    ['path=/x&offset=-2', 400, 'Negative offset provided: -2.\n'],
    ['path=/x&length=-2', 400, 'Negative length provided: -2.\n'],
    ['path=/x', 404, ''],
  ])('refuses %j with %d', (query, status, body) => {
    const { get, agent } = createFinishedJob(labels);
    expect(get(`${agent}/files/read?${query}`)).toMatchObject({ status, body });
  });

  it.each(['/agent/{id}/files/read', '/slave/{id}/files/read.json', '/agent/{id}//files/read/'])(
    'answers at %s',
    (path) => {
      const { get, task, file } = createFinishedJob(labels);
      expect(get(`${path.replace('{id}', task.slave_id)}?path=${file('stdout')}`).status).toBe(200);
    },
  );
});

describe('a sandbox', () => {
  it('is found by the folder that the state of the agent names, and by container id', () => {
    const { get, agent, task, executor } = createFinishedJob(labels);
    const state = get(`${agent}/slave(1)/state`).body as {
      frameworks: { completed_executors: { id: string; directory: string }[] }[];
    };
    const executors = state.frameworks.flatMap((framework) => framework.completed_executors);
    const directory = executors.find(({ id }) => id === task.id)?.directory ?? '';
    const containerId = task.statuses[0]?.container_status.container_id.value ?? '';
    expect(directory).toMatch(new RegExp(`/slaves/${task.slave_id}${executor}/runs/${containerId}$`));
    for (const folder of [directory, `${executor}/runs/${containerId}`, `${executor}/runs/latest`]) {
      const { body } = get(`${agent}/files/browse?path=${encodeURIComponent(folder)}`);
      expect(body).toMatchObject([
        { path: `${folder}/stdout`, size: Buffer.byteLength(output), mode: '-rw-r--r--' },
        { path: `${folder}/stderr`, size: 0 },
        { path: `${folder}/out`, mode: 'drwxr-xr-x' },
      ]);
    }
    expect(get(`${agent}/files/debug`).body).toEqual({ [directory]: directory });
    const other = get(`/agent/00000000-0000-0000-0000-000000000000-S5/files/browse?path=${directory}`);
    expect(other.status).toBe(404);
    expect(get('/agent/none/files/debug').status).toBe(404);
  });

  it('gives files as they are', () => {
    const { get, agent, file } = createFinishedJob(labels);
    const { body, headers } = get(`${agent}/files/download?path=${file('out/result.json')}`);
    expect(String(body)).toBe('{"ok":true}');
    expect(headers['Content-Disposition']).toBe('attachment; filename=result.json');
    expect(get(`${agent}/files/download?path=${file('out')}`).status).toBe(400);
    expect(get(`${agent}/files/download?path=${file('none')}`).status).toBe(404);
    expect(get(`${agent}/files/read?path=${file('out')}&offset=0`).status).toBe(400);
  });
});

describe('dcos-log', () => {
  it.each([
    ['', output],
    ['cursor=END&skip=-1', 'last'],
    ['cursor=END&skip=-2&limit=1', '€uro'],
    ['cursor=END&skip=-10', output],
    ['skip=1&limit=1', '€uro'],
    ['cursor=8', '€uro\nlast'],
    ['cursor=END', ''],
  ])('gives the lines of %j by the id of the task alone', (query, expected) => {
    const { get, task } = createFinishedJob(labels);
    const { body } = get(`/system/v1/logs/v2/task/${task.id}/file/stdout?${query}`);
    expect(String(body).replace(/\n$/, '')).toBe(expected);
  });

  it('gives lines as JSON and as events, by Accept', () => {
    const { get, task } = createFinishedJob(labels);
    const path = `/system/v1/logs/v2/task/${task.id}/file/stdout?cursor=END&skip=-1`;
    const line = '{"fields":{"MESSAGE":"last"},"cursor":"19"}';
    expect(String(get(path, { accept: 'application/json' }).body)).toBe(`${line}\n`);
    expect(get(path, { accept: 'text/event-stream' }).body).toBe(`id: 19\ndata: ${line}\n\n`);
  });

  it('is asked on an agent by the place of the sandbox', () => {
    const { get, task, executor } = createFinishedJob(labels);
    const ask = (agentId: string) =>
      get(`/system/v1/agent/${agentId}/logs/v2/task${executor}/runs/latest/stdout?cursor=END&skip=-1`);
    expect(ask(task.slave_id)).toMatchObject({ status: 200, body: 'last\n' });
    expect(ask('none').status).toBe(404);
  });

  it('names and gives whole files, and knows no others', () => {
    const { get, task } = createFinishedJob(labels);
    const base = `/system/v1/logs/v2/task/${task.id}`;
    expect(get(`${base}/browse`).body).toEqual(['stdout', 'stderr', 'out']);
    expect(String(get(`${base}/download`).body)).toBe(output);
    expect(String(get(base).body)).toBe(`${output}\n`);
    expect(String(get(`${base}/file/stderr/download`).body)).toBe('');
    for (const path of [`${base}/file/none`, '/system/v1/logs/v2/task/none/file/stdout']) {
      expect(get(path)).toMatchObject({ status: 404, headers: { 'Content-Type': plainText['content-type'] } });
    }
  });
});

describe('the journal of a component', () => {
  it('is given by the master and by every agent that is there', () => {
    const { get, task } = createFinishedJob({});
    const expected = { status: 200, body: 'Started dcos-marathon.service.\n' };
    expect(get('/system/v1/logs/v2/component/dcos-marathon.service')).toMatchObject(expected);
    expect(get(`/system/v1/agent/${task.slave_id}/logs/v2/component/dcos-marathon`)).toMatchObject(expected);
    expect(get('/system/v1/agent/none/logs/v2/component/dcos-marathon').status).toBe(404);
    expect(get('/system/v1/logs/v2/component/sshd').status).toBe(404);
  });
});

describe('dcos-log of an agent', () => {
  it('gives whole files', () => {
    const { get, task, executor } = createFinishedJob(labels);
    const file = `/system/v1/agent/${task.slave_id}/logs/v2/task${executor}/runs/latest/stdout/download`;
    expect(get(file)).toMatchObject({ status: 200, body: Buffer.from(output) });
  });
});
