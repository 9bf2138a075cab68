import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { metronomeRoutes } from '../../../../src/emulators/dcos/metronome/metronome-service';
import { contractFolder, describeWithPart } from '../../../support/parts';
import { createMetronomeBench, report } from './metronome-bench';

const docker = {
  id: 'prod.docker',
  description: 'A job with an image',
  labels: { EMULATOR_RUN_MS: '60000' },
  run: {
    cpus: 0.1,
    mem: 32,
    disk: 0,
    docker: { image: 'demo/report:1' },
    env: { PLAIN: 'x', SECRET: { secret: 'name' } },
    artifacts: [{ uri: 'https://example.invalid/a.tgz' }],
    placement: { constraints: [{ attribute: 'rack', operator: 'EQ', value: 'a' }] },
    volumes: [{ containerPath: '/data', hostPath: '/data', mode: 'RW' }],
    restart: { policy: 'ON_FAILURE', activeDeadlineSeconds: 60 },
  },
};

const schedule = { id: 'daily', cron: '0 9 * * *' };

/** Gives an ajv with every schema, and a function that returns what is wrong with a value. */
function createValidator(folder: string) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const schemas = join(folder, 'metronome/generated-schema');
  for (const file of readdirSync(schemas)) {
    ajv.addSchema(JSON.parse(readFileSync(join(schemas, file), 'utf8')) as object);
  }
  return (name: string, value: unknown): readonly string[] => {
    const validate = ajv.getSchema(`https://example.invalid/metronome/${name}.json`);
    if (validate === undefined) throw new Error(`There is no schema ${name}.`);
    // As over HTTP: undefined fields do not exist.
    if (validate(JSON.parse(JSON.stringify(value))) === true) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message ?? ''}`);
  };
}

describeWithPart(contractFolder, 'the published schemas of Metronome', (folder) => {
  it('accept every response of every route', () => {
    const { core, clock, metronome } = createMetronomeBench();
    const problemsOf = createValidator(folder);
    const problems: string[] = [];
    const call = (type: string | undefined, status: number, method: string, path: string, body?: unknown) => {
      const response = metronome(method, path, body);
      if (response.status !== status) problems.push(`${method} ${path} answered ${response.status}, not ${status}`);
      const values: readonly unknown[] = type?.endsWith('[]')
        ? (response.body as unknown as unknown[])
        : [response.body];
      const name = type?.replace('[]', '');
      const wrong = name === undefined ? [] : values.flatMap((value) => problemsOf(name, value));
      problems.push(...wrong.map((problem) => `${method} ${path}: ${problem}`));
      return response.body;
    };
    const all = 'embed=activeRuns,schedules,history,historySummary';
    const runs = '/v1/jobs/prod.report/runs';
    const schedules = '/v1/jobs/prod.report/schedules';

    for (const body of [report, docker]) expect(problemsOf('JobSpec', body)).toEqual([]);
    call('JobInfo', 201, 'POST', '/v1/jobs', report);
    call('ErrorDetail', 409, 'POST', '/v1/jobs', report);
    call('ErrorDetail', 422, 'POST', '/v1/jobs', { id: 'x' });
    call('JobInfo', 201, 'POST', '/v0/scheduled-jobs', { ...docker, schedules: [schedule] });
    call('JobInfo', 200, 'PUT', '/v0/scheduled-jobs/prod.docker', { ...docker, schedules: [] });
    call('JobInfo', 200, 'PUT', '/v1/jobs/prod.report', report);
    call('UnknownJob', 404, 'PUT', '/v1/jobs/none', report);
    call('Schedule', 201, 'POST', schedules, schedule);
    call('ErrorDetail', 409, 'POST', schedules, schedule);
    call('Schedule[]', 200, 'GET', schedules);
    call('Schedule', 200, 'GET', `${schedules}/daily`);
    call('Schedule', 200, 'PUT', `${schedules}/daily`, { ...schedule, enabled: false });
    call(undefined, 404, 'GET', `${schedules}/none`);
    call('JobRun', 201, 'POST', runs);
    const stopped = call('JobRun', 201, 'POST', '/v1/jobs/prod.docker/runs').id;
    clock.advance(450);
    call('JobRunList', 200, 'GET', runs);
    call('JobInfo[]', 200, 'GET', `/v1/jobs?${all}`);
    clock.advance(1000);
    call('JobRun', 200, 'GET', `/v1/jobs/prod.docker/runs/${stopped}`);
    call('JobRun', 200, 'POST', `/v1/jobs/prod.docker/runs/${stopped}/actions/stop`);
    clock.advance(1000);
    call('UnknownJobRun', 404, 'GET', `/v1/jobs/prod.docker/runs/${stopped}`);
    core.setFault({ kind: 'noOffers', apps: 'prod.report' });
    call('JobRun', 201, 'POST', runs);
    call('Queue', 200, 'GET', '/v1/queue');
    call('JobInfo[]', 200, 'GET', `/v1/jobs?${all}`);
    call('JobInfo', 200, 'GET', `/v1/jobs/prod.docker?${all}`);
    call('ErrorDetail', 400, 'GET', '/v1/jobs?embed=none');
    call('UnknownJob', 404, 'GET', '/v1/jobs/none');
    call(undefined, 200, 'DELETE', `${schedules}/daily`);
    call('ErrorDetail', 409, 'DELETE', '/v1/jobs/prod.report');
    call('JobInfo', 200, 'DELETE', '/v1/jobs/prod.report?stopCurrentJobRuns=true');
    for (const path of ['/ping', '/info', '/leader', '/v1/metrics']) call(undefined, 200, 'GET', path);

    // The judge itself must be able to say no.
    expect(problemsOf('JobRun', {})).not.toEqual([]);
    expect(problems).toEqual([]);
    const visited = new Set(core.requests.list().map(({ route }) => route));
    const names = metronomeRoutes.map(({ method, pattern }) => `${method} ${pattern}`);
    expect(names.filter((name) => !visited.has(name))).toEqual([]);
  });
});
