import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approver, generalChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { createdApps } from '../support/dcos-view';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

type Random = {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly instances: number;
  readonly before: number;
  readonly regions: readonly string[];
};

const pick = <T>(values: readonly T[]): T => values[randomInt(values.length)]!;

const inventApplication = (): Random => ({
  name: `app${Array.from({ length: randomInt(1, 9) }, () => pick('abcdefghijklmnopqrstuvwxyz0123456789'.split(''))).join('')}`,
  cpus: randomInt(1, 9) / 4,
  memoryMb: randomInt(1, 9) * 64,
  instances: randomInt(1, 6),
  before: randomInt(1, 6),
  regions: ['north', 'south', 'west'].slice(0, randomInt(1, 4)),
});

const accountsFile = (regions: readonly string[]) => `
clusters:
  lab: { url: { env: DCOS_URL, default: 'http://127.0.0.1:8080' }, auth: { type: none } }
accounts:
  own: { regions: { ${regions.map((region) => `${region}: lab/${region}`).join(', ')} } }
`;

const applicationFile = ({ name, cpus, memoryMb, instances, regions }: Random) => `
application: ${name}
channel: general
image: registry.example.com/random/${name}
service:
  cpus: ${cpus}
  memoryMb: ${memoryMb}
  ports: { http: 8080 }
  healthCheck: { path: /health, port: http, grace: 30s, interval: 2s, timeout: 2s }
environments:
  live:
    regions: [${regions.map((region) => `own/${region}`).join(', ')}]
    instances: ${instances}
    pipeline: release
    approvers: [release-managers]
pipelines:
  release:
    - { name: Deploy, type: deploy, strategy: redblack, timeout: 5m, onFailure: rollback }
    - { name: Keep it?, type: manualJudgment, onReject: rollback }
`;

const formerApp = ({ name, before, cpus, memoryMb }: Random, id: string) => ({
  id,
  instances: before,
  cpus,
  mem: memoryMb,
  container: { type: 'DOCKER', docker: { image: `registry.example.com/random/${name}:1.0` } },
  networks: [{ mode: 'container/bridge' }],
  healthChecks: [{ protocol: 'MESOS_HTTP', path: '/health', portIndex: 0 }],
});

describe('an application nobody has seen before', () => {
  const random = inventApplication();
  const { name, instances, before, regions } = random;
  const folder = createTemporaryFolder();
  const appId = (region: string, version: string) => `/own/${region}/${name}-live-${version}`;
  const about = `with ${JSON.stringify(random)}`;
  const healthy = async (id: string) => {
    const app = await demo.dcos.app(id);
    return app !== undefined && app.tasksHealthy === app.instances && app.instances > 0;
  };
  let demo: Demo;

  beforeAll(async () => {
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'accounts.yaml'), accountsFile(regions));
    writeFileSync(join(folder.path, `${name}.yaml`), applicationFile(random));
    demo = await startDemo({ PIPELINES_FOLDER: folder.path });
    for (const region of regions) await demo.dcos.create(formerApp(random, appId(region, 'v000')));
    for (const region of regions)
      await waitFor(
        `v000 in ${region}`,
        () => healthy(appId(region, 'v000')),
        15_000,
        () => about,
      );
  }, 60_000);
  afterAll(async () => {
    await demo.stop();
    folder.remove();
  }, 20_000);

  it(`is deployed ${about}`, async () => {
    const already = (await demo.dcos.mutations()).length;
    await demo.slack.command(requester, generalChannel, `/deploy ${name} live 2.0`);
    await demo.slack.click(requester, 'confirm', `Deploy ${name} to live`);
    await demo.slack.message(approver, 'waiting for a decision', 40_000);
    await demo.slack.click(approver, 'approve');
    await demo.slack.message(requester, `*Deploy ${name} 2.0 to live* · done`);

    const requests = (await demo.dcos.mutations()).slice(already);
    expect(createdApps(requests).toSorted()).toEqual(regions.map((region) => appId(region, 'v001')).toSorted());
    for (const { method, body, status } of requests.filter((request) => request.method === 'POST')) {
      const sizes = { instances, cpus: random.cpus, mem: random.memoryMb };
      expect({ method, status, ...body }).toMatchObject({ method: 'POST', status: 201, ...sizes });
      expect(body?.container).toMatchObject({ docker: { image: `registry.example.com/random/${name}:2.0` } });
    }
    const disabled = requests.filter((request) => request.method === 'PUT');
    expect(disabled.map(({ path, body }) => [path, body]).toSorted()).toEqual(
      regions.map((region) => [`/v2/apps${appId(region, 'v000')}`, { instances: 0 }]).toSorted(),
    );
    // One creation and one disabling per region, and nothing else.
    expect(requests).toHaveLength(2 * regions.length);
  }, 60_000);

  it('disabled each old group only after its successor was healthy', async () => {
    const requests = await demo.dcos.mutations();
    for (const region of regions) {
      const off = requests.find(({ method, path }) => method === 'PUT' && path.endsWith(appId(region, 'v000')))!;
      const { app } = await demo.dcos.appInFull(appId(region, 'v001'));
      const healthySince = app.tasks.flatMap(({ healthCheckResults }) =>
        healthCheckResults.map(({ firstSuccess }) => Date.parse(firstSuccess)),
      );
      expect(healthySince).toHaveLength(instances);
      expect(Math.max(...healthySince)).toBeLessThanOrEqual(Date.parse(off.at));
    }
  });

  it('is what it was before after a rollback', async () => {
    const already = (await demo.dcos.mutations()).length;
    await demo.slack.command(requester, generalChannel, `/rollback ${name} live`);
    await demo.slack.click(requester, 'confirm', `Roll back ${name} live`);
    await demo.slack.message(requester, `*Roll back ${name} live to 1.0* · done`, 40_000);

    const sizes = await demo.dcos.sizes('/own/');
    expect(sizes).toEqual(
      Object.fromEntries(
        regions.flatMap((region) => [
          [appId(region, 'v000'), Math.max(before, instances)],
          [appId(region, 'v001'), 0],
        ]),
      ),
    );
    for (const region of regions) expect(await healthy(appId(region, 'v000'))).toBe(true);
    const requests = (await demo.dcos.mutations()).slice(already);
    expect(requests.map(({ method }) => method)).toEqual(Array.from({ length: 2 * regions.length }, () => 'PUT'));
  }, 60_000);
});
