import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { routes } from '../../../src/emulators/dcos/routes';
import { contractFolder, describeWithPart } from '../../support/parts';
import { createBench } from './bench';

const web = {
  id: '/demo/web',
  cpus: 0.1,
  mem: 32,
  instances: 2,
  container: {
    type: 'DOCKER',
    docker: { image: 'demo/web:1' },
    portMappings: [{ containerPort: 80, name: 'http-api' }],
  },
  networks: [{ mode: 'container/bridge' }],
  healthChecks: [{ path: '/' }],
  readinessChecks: [{ name: 'ready' }],
};
const worker = { id: '/demo/worker', cmd: 'work', cpus: 0.1, mem: 32, dependencies: ['web'] };

/** What people and old clients send: the emulator may refuse it, but must not show it to anybody. */
const untidy: readonly object[] = [
  { labels: { a: 1 } },
  { env: { A: 1 } },
  { healthChecks: [{ protocol: 'FTP' }] },
  { healthChecks: [{ intervalSeconds: 'x' }] },
  { killSelection: 'FOO' },
  { networks: [{ mode: 'blah' }] },
  { unreachableStrategy: 'maybe' },
  { upgradeStrategy: { minimumHealthCapacity: 'x' } },
  { maxLaunchDelaySeconds: -1 },
  { taskKillGracePeriodSeconds: -1 },
  { portDefinitions: [80, { port: 'http' }] },
  { instances: 1.5 },
  { cpus: 0 },
  { constraints: [['hostname']] },
  { container: null, user: null, colour: 'red' },
  { container: { docker: { image: 'a/b', network: 'BRIDGE', portMappings: [{ containerPort: 80, colour: 1 }] } } },
  { container: { docker: null, volumes: [{ containerPath: '/a', hostPath: '/b', mode: 'RW', external: null }] } },
  { uris: ['http://a.invalid/b.tgz'], ports: [8080], ipAddress: { networkName: 'dcos' } },
  { healthChecks: [{ command: { value: 'true' }, protocol: 'COMMAND', port: null }], readinessChecks: null },
  {
    dependencies: ['/b', '/b'],
    constraints: [
      ['hostname', 'UNIQUE'],
      ['hostname', 'UNIQUE'],
    ],
  },
  { dependencies: ['/Bad_ID'] },
  { unreachableStrategy: {}, upgradeStrategy: {}, residency: {} },
];

/** Gives an ajv with every schema, and a function that returns what is wrong with a value. */
function createValidator(folder: string) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const schemas = join(folder, 'marathon/generated-schema');
  for (const file of readdirSync(schemas))
    ajv.addSchema(JSON.parse(readFileSync(join(schemas, file), 'utf8')) as object);
  return (name: string, value: unknown): readonly string[] => {
    const validate = ajv.getSchema(`https://example.invalid/marathon/${name}.json`);
    if (validate === undefined) throw new Error(`There is no schema ${name}.`);
    // As over HTTP: undefined fields do not exist.
    if (validate(JSON.parse(JSON.stringify(value))) === true) return [];
    const errors = (validate.errors ?? [])
      // The RAML's pattern refuses real task ids; see the README of the contract folder.
      .filter(({ instancePath }) => !/readinessCheckResults\/\d+\/taskId$/.test(instancePath));
    return errors.map(({ instancePath, message }) => `${name}${instancePath} ${message ?? ''}`);
  };
}

describeWithPart(contractFolder, 'the published schemas of Marathon', (folder) => {
  it('accept every response of every route and every event', () => {
    const { core, clock, events, app } = createBench();
    const problemsOf = createValidator(folder);
    const problems: string[] = [];
    const call = (type: string | undefined, status: number, method: string, path: string, body?: unknown) => {
      const headers = { accept: path.includes('/events') ? 'text/event-stream' : 'application/json' };
      const response = core.handle({ method, path, body, headers });
      if (response.status !== status) problems.push(`${method} ${path} answered ${response.status}, not ${status}`);
      if (type === undefined) return;
      problems.push(...problemsOf(type, response.body).map((problem) => `${method} ${path}: ${problem}`));
    };
    const embed = ['tasks', 'counts', 'deployments', 'readiness', 'lastTaskFailure', 'taskStats'];
    const list = `/v2/apps?${embed.map((name) => `embed=apps.${name}`).join('&')}`;

    call('AppInfo', 201, 'POST', '/v2/apps', web);
    call('Error', 409, 'POST', '/v2/apps', web);
    for (const [index, fields] of untidy.entries()) {
      const path = `/v2/apps/untidy/app-${index}`;
      const { status } = core.handle({ method: 'PUT', path, body: { ...worker, dependencies: [], ...fields } });
      call(status === 201 ? 'AppSingle' : 'Error', status === 201 ? 200 : 404, 'GET', path);
    }
    call('AppList', 200, 'GET', '/v2/apps?id=untidy');
    call('DeploymentResult', 200, 'DELETE', '/v2/groups/untidy?force=true');
    call('ValidationError', 422, 'POST', '/v2/apps', { id: '/demo/none' });
    call('ValidationError', 400, 'POST', '/v2/apps', { id: 5 });
    call('AppLocked', 409, 'PUT', '/v2/apps/demo/web', { instances: 3 });
    call('DeploymentList', 200, 'GET', '/v2/deployments');
    call('AppSingle', 200, 'GET', '/v2/apps/demo/web');
    clock.advance(450);
    call('DeploymentList', 200, 'GET', '/v2/deployments');
    call(undefined, 200, 'PATCH', '/v2/apps?force=true', [{ id: '/demo/web', instances: 2, labels: { a: 'b' } }]);
    call('AppList', 200, 'GET', list);
    clock.advance(2000);
    call('AppList', 200, 'GET', list);
    call('DeploymentResult', 200, 'PUT', '/v2/apps', [worker]);
    clock.advance(1000);
    call(undefined, 200, 'GET', '/v2/apps/demo/*');
    call(undefined, 200, 'GET', '/v2/apps/*');
    call('Group', 200, 'GET', '/v2/groups');
    call('Group', 200, 'GET', '/v2/groups/demo');
    for (const group of ['/v2/groups', '/v2/groups/demo']) {
      call('AppList', 200, 'GET', `${group}/apps`);
      call(undefined, 200, 'GET', `${group}/versions`);
      call('Group', 200, 'GET', `${group}/versions/${app('/demo/web').version}`);
    }
    const other = { id: 'other', apps: [{ id: 'one', cmd: 'x' }], groups: [{ id: 'inner' }] };
    call('DeploymentResult', 201, 'POST', '/v2/groups', other);
    call('Error', 409, 'POST', '/v2/groups', other);
    call('AppLocked', 409, 'PUT', '/v2/groups/other', { apps: [] });
    call('DeploymentSteps', 200, 'PUT', '/v2/groups/other?dryRun=true', { apps: [] });
    call('ValidationError', 422, 'PUT', '/v2/groups/other', { apps: [{ id: '/elsewhere', cmd: 'x' }] });
    call('DeploymentResult', 200, 'PUT', '/v2/groups?force=true', { groups: undefined });
    call('DeploymentResult', 201, 'POST', '/v2/groups/other', { id: 'more' });
    call('DeploymentResult', 200, 'PUT', '/v2/groups/other?force=true', { scaleBy: 2 });
    call(undefined, 200, 'PATCH', '/v2/groups/other', { enforceRole: true });
    call('Group', 200, 'GET', '/v2/groups/other');
    call('AppLocked', 409, 'DELETE', '/v2/groups/other');
    call('DeploymentResult', 200, 'DELETE', '/v2/groups/other?force=true');
    call('Error', 404, 'GET', '/v2/groups/other/versions');
    call('Error', 404, 'GET', '/v2/groups/none');
    call('VersionList', 200, 'GET', '/v2/apps/demo/web/versions');
    call('App', 200, 'GET', `/v2/apps/demo/web/versions/${app('/demo/web').version}`);
    call('Error', 404, 'GET', '/v2/apps/demo/web/versions/2020-01-01T00:00:00.000Z');
    call('TaskList', 200, 'GET', '/v2/tasks?status=running');
    call('TaskList', 200, 'GET', '/v2/apps/demo/web/tasks');
    call('DeploymentResult', 200, 'POST', '/v2/apps/demo/web/restart');
    call('DeploymentResult', 200, 'DELETE', `/v2/deployments/${app('/demo/web').deployments[0]?.id ?? ''}`);
    clock.advance(5000);
    call('Error', 404, 'DELETE', '/v2/deployments/none');
    call('TaskSingle', 200, 'DELETE', `/v2/apps/demo/web/tasks/${app('/demo/web').tasks[0]?.id ?? ''}`);
    call('TaskList', 200, 'DELETE', '/v2/apps/demo/web/tasks');
    clock.advance(2000);
    call('TaskList', 200, 'POST', '/v2/tasks/delete', { ids: [app('/demo/web').tasks[0]?.id] });
    clock.advance(2000);
    call('DeploymentResult', 200, 'POST', '/v2/tasks/delete?scale=true', { ids: [app('/demo/web').tasks[0]?.id] });
    clock.advance(2000);
    call(undefined, 201, 'POST', '/emulator/faults', { kind: 'unhealthy', apps: '/demo/*' });
    clock.advance(500);
    call('AppSingle', 200, 'GET', '/v2/apps/demo/web');
    clock.advance(3000);
    call('AppSingle', 200, 'GET', '/v2/apps/demo/web');
    call(undefined, 200, 'GET', '/emulator/faults');
    call(undefined, 204, 'DELETE', '/emulator/faults');
    core.setFault({ kind: 'noOffers', apps: '/demo/more' });
    call('DeploymentResult', 201, 'PUT', '/v2/apps/demo/more', { cmd: 'x', instances: 1 });
    call('Queue', 200, 'GET', '/v2/queue?embed=lastUnusedOffers');
    call(undefined, 204, 'DELETE', '/v2/queue/demo/more/delay');
    call('Error', 404, 'DELETE', '/v2/queue/demo/web/delay');
    call('DeploymentResult', 200, 'DELETE', '/v2/apps/demo/more');
    call('DeploymentResult', 200, 'PATCH', '/v2/apps/demo/web', { mem: 64 });
    clock.advance(5000);
    core.failTasks(app('/demo/web').tasks.map(({ id }) => id));
    call('AppList', 200, 'GET', list);
    call('Queue', 200, 'GET', '/v2/queue');
    call('MarathonInfo', 200, 'GET', '/v2/info');
    call('LeaderInfo', 200, 'GET', '/v2/leader');
    clock.advance(5000);
    call('DeploymentResult', 200, 'DELETE', '/v2/groups');
    core.setFault({ kind: 'agentLost', agent: '*' });
    call('AppList', 200, 'GET', list);
    core.clearFaults();
    for (const path of ['/ping', '/metrics', '/v2/pods', '/v2/pods/::status', '/v2/events'])
      call(undefined, 200, 'GET', path);
    call('Error', 404, 'GET', '/v2/nothing');
    call('Error', 200, 'DELETE', '/v2/leader');
    call('Error', 404, 'GET', '/v2/leader');
    call(undefined, 503, 'GET', '/v2/apps');
    const visited = new Set(core.requests.list().map(({ route }) => route));
    call(undefined, 200, 'GET', '/emulator/requests');
    call(undefined, 204, 'DELETE', '/emulator/requests');

    // The judge itself must be able to say no.
    expect(problemsOf('TaskList', { tasks: [{}] })).not.toEqual([]);
    expect(problemsOf('Events', { eventType: 'status_update_event' })).not.toEqual([]);
    expect(problems).toEqual([]);
    expect(events.flatMap((event) => problemsOf('Events', event))).toEqual([]);
    expect(new Set(events.map(({ eventType }) => eventType)).size).toBeGreaterThanOrEqual(13);
    const marathon = routes.map(({ method, pattern }) => `${method} ${pattern}`);
    expect(marathon.filter((name) => !visited.has(name))).toEqual([]);
  });
});
