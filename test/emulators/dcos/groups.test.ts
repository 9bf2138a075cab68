import { createBench } from './bench';

const app = (id: string, more: object = {}) => ({ id, cmd: 'serve', cpus: 0.1, mem: 32, instances: 2, ...more });
const shop = {
  id: '/shop',
  apps: [app('web', { dependencies: ['/shop/data/db'] })],
  groups: [{ id: 'data', apps: [app('db'), app('cache')] }],
};

function withShop() {
  const bench = createBench();
  const created = bench.call('POST', '/v2/groups', shop);
  bench.clock.advance(5000);
  const ids = () =>
    bench
      .call('GET', '/v2/apps')
      .body.apps.map((each) => (each as unknown as { id: string }).id)
      .sort();
  return { ...bench, created, ids };
}

describe('groups', () => {
  it('are created with everything in them, in the order of dependencies', () => {
    const { call, created, ids, events } = withShop();
    expect(created).toMatchObject({ status: 201, headers: { Location: '/v2/groups/shop' } });
    expect(created.headers['Marathon-Deployment-Id']).toBe(created.body.deploymentId);
    expect(ids()).toEqual(['/shop/data/cache', '/shop/data/db', '/shop/web']);
    const steps = (events.find(({ eventType }) => eventType === 'deployment_success')?.plan as typeof created.body)
      .steps;
    expect(steps.map(({ actions }) => actions.map((each) => `${each.action} ${each.app}`).sort())).toEqual([
      ['StartApplication /shop/data/cache', 'StartApplication /shop/data/db', 'StartApplication /shop/web'],
      ['ScaleApplication /shop/data/cache', 'ScaleApplication /shop/data/db'],
      ['ScaleApplication /shop/web'],
    ]);
    expect(call('GET', '/v2/groups/shop').body).toMatchObject({
      id: '/shop',
      apps: [{ id: '/shop/web' }],
      groups: [{ id: '/shop/data', apps: [{ id: '/shop/data/db' }, { id: '/shop/data/cache' }] }],
      pods: [],
    });
    expect(events.filter(({ eventType }) => eventType === 'group_change_success')).toMatchObject([
      { groupId: '/shop' },
    ]);
  });

  it('give each new app a service port of its own', () => {
    const { call } = withShop();
    const ports = call('GET', '/v2/apps').body.apps.map((each) => each.portDefinitions[0]?.port);
    expect(ports.sort()).toEqual([10_000, 10_001, 10_002]);
  });

  it('refuse a second creation and the path of an app with 409', () => {
    const { call } = withShop();
    const again = call('POST', '/v2/groups', { id: 'shop' });
    expect([again.status, again.body.message]).toEqual([
      409,
      'Group /shop is already created. Use PUT to change this group.',
    ]);
    const path = call('POST', '/v2/groups/shop', { id: 'web' });
    expect([path.status, path.body.message]).toEqual([409, 'An app with the path /shop/web already exists.']);
    expect(call('POST', '/v2/groups', {}).status).toBe(409);
  });

  it('stop the apps and groups that a PUT leaves out, and keep the rest as it is', () => {
    const { call, clock, ids, app: one } = withShop();
    const { version } = one('/shop/data/db');
    const response = call('PUT', '/v2/groups/shop', { groups: [{ id: 'data', apps: [app('db')] }] });
    expect(response.status).toBe(200);
    clock.advance(5000);
    expect(ids()).toEqual(['/shop/data/db', '/shop/web']);
    expect(one('/shop/data/db').version).toBe(version);
    call('PUT', '/v2/groups/shop', { groups: [] });
    clock.advance(5000);
    expect(ids()).toEqual(['/shop/web']);
    expect(call('GET', '/v2/groups/shop').body.groups).toEqual([]);
  });

  it('show the steps of a dry run and do nothing', () => {
    const { call, ids, events } = withShop();
    const before = events.length;
    const response = call('PUT', '/v2/groups/shop?dryRun=True', { apps: [app('web', { cmd: 'new' }), app('admin')] });
    expect(response).toMatchObject({
      status: 200,
      body: {
        steps: [
          { actions: [{ action: 'StartApplication', app: '/shop/admin' }] },
          {
            actions: [
              { action: 'RestartApplication', app: '/shop/web' },
              { action: 'ScaleApplication', app: '/shop/admin' },
            ],
          },
        ],
      },
    });
    expect(Object.keys(response.body)).toEqual(['steps']);
    expect(ids()).toHaveLength(3);
    expect(call('GET', '/v2/deployments').body).toEqual([]);
    expect(events).toHaveLength(before);
  });

  it('multiply instances by scaleBy', () => {
    const { call, clock, app: one } = withShop();
    call('PUT', '/v2/groups/shop', { scaleBy: 1.5 });
    clock.advance(5000);
    expect(
      [one('/shop/web'), one('/shop/data/db')].map(({ instances, tasksRunning }) => [instances, tasksRunning]),
    ).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  it('go back to a version, with the apps that were removed since', () => {
    const { call, clock, ids, created, app: one } = withShop();
    call('PUT', '/v2/groups/shop', { apps: [app('web', { cmd: 'new' })], groups: [] });
    clock.advance(5000);
    const versions = call('GET', '/v2/groups/shop/versions').body as unknown as string[];
    expect(versions).toHaveLength(2);
    expect(versions.at(-1)).toBe(created.body.version);
    expect(call('GET', `/v2/groups/shop/versions/${created.body.version}`).body).toMatchObject({
      version: created.body.version,
      apps: [{ id: '/shop/web', cmd: 'serve' }],
    });
    expect(call('PUT', '/v2/groups/shop', { version: created.body.version }).status).toBe(200);
    clock.advance(5000);
    expect(ids()).toEqual(['/shop/data/cache', '/shop/data/db', '/shop/web']);
    expect(one('/shop/web').cmd).toBe('serve');
    expect(call('PUT', '/v2/groups/shop', { version: '2001-01-01T00:00:00.000Z' }).status).toBe(404);
  });

  it('are removed with all in them, and the root keeps nothing; a lock holds unless forced', () => {
    const { call, clock, ids } = withShop();
    call('POST', '/v2/apps', app('/alone'));
    const { deploymentId } = call('PUT', '/v2/apps/shop/web', { cmd: 'new' }).body;
    expect(call('DELETE', '/v2/groups/shop')).toMatchObject({
      status: 409,
      body: { deployments: [{ id: deploymentId }] },
    });
    expect(call('DELETE', '/v2/groups/shop?force=true').status).toBe(200);
    expect(ids()).toEqual(['/alone']);
    expect(call('GET', '/v2/groups/shop').body).toEqual({ message: "Group '/shop' does not exist" });
    clock.advance(5000);
    expect(call('DELETE', '/v2/groups').status).toBe(200);
    clock.advance(5000);
    expect(ids()).toEqual([]);
  });

  it('stay empty when their last app is deleted', () => {
    const { call } = createBench();
    call('POST', '/v2/apps', app('/a/b/c'));
    call('DELETE', '/v2/apps/a/b/c');
    expect(call('GET', '/v2/groups/a').body).toMatchObject({ apps: [], groups: [{ id: '/a/b', apps: [] }] });
  });

  it('refuse apps from elsewhere and wrong shapes', () => {
    const { call } = withShop();
    expect(call('PUT', '/v2/groups/shop', { apps: [app('/web')] })).toMatchObject({
      status: 422,
      body: {
        details: [{ path: '/shop', errors: ['identifier /web is not child of /shop. Hint: use relative paths.'] }],
      },
    });
    expect(call('PUT', '/v2/groups/shop', { apps: {} }).status).toBe(400);
    expect(call('PUT', '/v2/groups/shop', { apps: [app('new', { cmd: undefined })] }).status).toBe(422);
  });

  it.each([
    ['group.groups', 0, 1],
    ['group.apps', 1, 0],
    ['group.apps.tasks', 1, 0],
    ['group.apps&embed=group.groups', 1, 1],
    ['nonsense', 0, 0],
  ])('embed by %s', (embed, apps, groups) => {
    const { body } = withShop().call('GET', `/v2/groups//shop?embed=${embed}`);
    expect([body.apps.length, body.groups.length]).toEqual([apps, groups]);
    expect(body.apps.every((each) => (each.tasks as unknown) !== undefined)).toBe(
      apps === 0 || embed.includes('tasks'),
    );
  });

  it('give new apps their role once it is enforced, on top-level groups only', () => {
    const { call } = withShop();
    expect(call('PATCH', '/v2/groups/shop', { enforceRole: true }).status).toBe(200);
    call('POST', '/v2/apps', app('/shop/new'));
    expect(call('GET', '/v2/apps/shop/new').body).toMatchObject({ app: { role: 'shop' } });
    expect(call('GET', '/v2/apps/shop/web').body).toMatchObject({ app: { role: '*' } });
    expect(call('GET', '/v2/groups/shop').body).toMatchObject({ enforceRole: true });
    expect(call('PATCH', '/v2/groups/shop/data', { enforceRole: true }).status).toBe(422);
  });

  it('list all apps below, at any depth', () => {
    expect(withShop().call('GET', '/v2/groups/shop/apps').body.apps).toHaveLength(3);
  });
});

describe('the dependencies of a group', () => {
  const stepsOf = ({
    steps,
  }: {
    readonly steps: readonly { readonly actions: readonly { readonly app: string }[] }[];
  }) => steps.map(({ actions }) => actions.map((action) => action.app).sort());

  it('are those of every app in it, at any depth', () => {
    const { call } = createBench();
    const groups = [
      { id: 'front', dependencies: ['back'], apps: [app('web')], groups: [{ id: 'inner', apps: [app('deep')] }] },
      { id: 'back', dependencies: ['/s/data'], apps: [app('api')] },
      { id: 'data', apps: [app('db')] },
    ];
    const { body } = call('PUT', '/v2/groups/s?dryRun=true', { groups });
    expect(stepsOf(body).slice(1)).toEqual([['/s/data/db'], ['/s/back/api'], ['/s/front/inner/deep', '/s/front/web']]);
  });

  it('order later changes of its apps', () => {
    const { call, clock } = createBench();
    call('PUT', '/v2/groups/s', { dependencies: ['/t'], apps: [app('web')] });
    call('PUT', '/v2/groups/t', { apps: [app('db')] });
    clock.advance(5000);
    call('PUT', '/v2/apps', [
      { id: '/s/web', cmd: 'new' },
      { id: '/t/db', cmd: 'new' },
    ]);
    const [deployment] = call('GET', '/v2/deployments').body as unknown as Parameters<typeof stepsOf>;
    expect(stepsOf(deployment)).toEqual([['/t/db'], ['/s/web']]);
  });

  it('are refused with 422 at its path where they close a cycle', () => {
    const { call } = createBench();
    const apps = [app('one', { dependencies: ['/b/two'] })];
    const groups = [
      { id: 'a', apps },
      { id: 'b', dependencies: ['a'], apps: [app('two')] },
    ];
    const response = call('PUT', '/v2/groups', { groups });
    const details = [{ path: '/b', errors: ['Dependency graph has cyclic dependencies.'] }];
    expect([response.status, response.body]).toEqual([422, { message: 'Object is not valid', details }]);
    expect(call('PUT', '/v2/groups/a', { dependencies: [5] }).status).toBe(400);
  });

  it('may not close a cycle of groups alone', () => {
    const { call } = createBench();
    const groups = [
      { id: 'a', dependencies: ['b'] },
      { id: 'b', dependencies: ['a'] },
    ];
    expect(call('PUT', '/v2/groups', { groups }).status).toBe(422);
  });
});

describe('ids', () => {
  it.each(['/Bad_ID', 'bad id', '/good/Bad'])('of groups are refused where Marathon would: %s', (id) => {
    const { call } = createBench();
    const { status, body } = call('POST', '/v2/groups', { id });
    expect([status, body]).toMatchObject([422, { message: 'Object is not valid', details: [{ path: '/id' }] }]);
    expect(call('PUT', `/v2/groups/${id}`, {}).status).toBe(422);
    expect(call('PUT', '/v2/groups', { groups: [{ id: id.replace('/good', '') }] }).status).toBe(422);
  });

  it('of apps are not those of groups, also within one change', () => {
    const { call, core } = createBench();
    core.seed(app('/demo/web'));
    expect(call('PUT', '/v2/groups/demo', { groups: [{ id: 'web' }] }).status).toBe(422);
    expect(call('PUT', '/v2/groups/demo/web/inner', {}).status).toBe(422);
    expect(call('POST', '/v2/groups', { id: 'new', apps: [app('same')], groups: [{ id: 'same' }] }).status).toBe(422);
    expect(call('PUT', '/v2/apps', [app('/both'), app('/both/inner')]).status).toBe(422);
    expect(call('PUT', '/v2/groups/demo', { apps: [], groups: [{ id: 'web', apps: [app('in')] }] }).status).toBe(200);
  });
});

describe('the version of a group', () => {
  it('is the newest of its own, whatever changed elsewhere', () => {
    const { call, core, clock } = createBench();
    core.seed(app('/one/web'));
    core.seed(app('/two/web'));
    clock.advance(1000);
    const versionOf = (group: string) => call('GET', `/v2/groups${group}`).body.version;
    const before = versionOf('/one');
    const { version } = call('PUT', '/v2/apps/two/web', { instances: 3 }).body;
    expect([versionOf('/one'), versionOf('/two'), versionOf('')]).toEqual([before, version, version]);
    for (const group of ['/one', '/two', '']) {
      expect((call('GET', `/v2/groups${group}/versions`).body as unknown as string[])[0]).toBe(versionOf(group));
      expect(call('GET', `/v2/groups${group}/versions/${versionOf(group)}`).status).toBe(200);
    }
  });
});
