import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDcosEmulator } from '../../../../src/emulators/dcos/start-dcos-emulator';
import { describeWithPart, prometheus } from '../../../support/parts';
import { waitFor } from '../../../support/wait-for';

type Target = { readonly discoveredLabels: Readonly<Record<string, string>> };

const web = {
  id: '/demo/web',
  container: { type: 'DOCKER', docker: { image: 'demo/web:1' }, portMappings: [{ containerPort: 80 }] },
  networks: [{ mode: 'container/bridge' }],
  cpus: 0.1,
  instances: 3,
  labels: { team: 'shop' },
};
const worker = {
  id: '/demo/worker',
  cmd: 'work',
  cpus: 0.1,
  instances: 2,
  portDefinitions: [{ port: 0, name: 'http' }],
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts a Prometheus that discovers targets in a Marathon; scraping them is not the point and fails. */
async function startPrometheus(binary: string, folder: string, marathonUrl: string, token: string | undefined) {
  const port = await freePort();
  const lines = [
    'scrape_configs:',
    '  - job_name: marathon',
    '    scrape_interval: 1h',
    '    marathon_sd_configs:',
    `      - servers: ['${marathonUrl}']`,
    '        refresh_interval: 1s',
    ...(token === undefined ? [] : [`        auth_token: '${token}'`]),
  ];
  writeFileSync(join(folder, 'prometheus.yml'), `${lines.join('\n')}\n`);
  const options = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(binary, options, { stdio: 'ignore' });
  const targets = async (): Promise<readonly Target[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=active`).catch(() => undefined);
    if (answer?.ok !== true) return [];
    return ((await answer.json()) as { data: { activeTargets: Target[] } }).data.activeTargets;
  };
  return { child, targets };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

describeWithPart(prometheus, 'the Marathon discovery of Prometheus', (binary) => {
  it.each(['none', 'enterprise'] as const)(
    'finds every task, with its labels and ports, with authentication %s',
    async (mode) => {
      const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
      const emulator = await startDcosEmulator({ auth: { mode } });
      for (const app of [web, worker]) emulator.core.seed(app);
      const { child, targets } = await startPrometheus(binary, folder, emulator.marathonUrl, emulator.login?.token);
      try {
        await waitFor('five targets', async () => (await targets()).length === 5, 20_000, targets);
        const found = (await targets()).map(({ discoveredLabels }) => discoveredLabels);
        const { body } = emulator.core.handle({
          method: 'GET',
          path: '/v2/tasks',
          headers: { authorization: `token=${emulator.login?.token ?? ''}` },
        });
        const { tasks } = body as { tasks: { id: string; host: string; ports: number[] }[] };
        expect(found.map((labels) => [labels.__meta_marathon_task, labels.__address__]).sort()).toEqual(
          tasks.map(({ id, host, ports }) => [id, `${host}:${ports[0] ?? 0}`]).sort(),
        );
        expect(found.find((labels) => labels.__meta_marathon_app === '/demo/web')).toMatchObject({
          __meta_marathon_image: 'demo/web:1',
          __meta_marathon_app_label_team: 'shop',
        });
      } finally {
        await stop(child);
        await emulator.close();
        rmSync(folder, { recursive: true });
      }
    },
    60_000,
  );
});
