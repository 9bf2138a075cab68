import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer, get } from 'node:https';
import { join } from 'node:path';
import { openConnections } from '../../src/dcos/cluster-connections';
import { systemClock } from '../../src/engine/clock';
import type { Clock } from '../../src/engine/clock';
import type { DcosCluster } from '../../src/model/application';
import { CoxswainError } from '../../src/model/errors';
import { Secret } from '../../src/model/secret';
import { makeCertificate } from '../support/certificate';
import type { Certificate } from '../support/certificate';
import { createManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';
import { startDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { respond, startLoginCluster } from './login-cluster';
import type { LoginCluster, LoginClusterOptions } from './login-cluster';

const folder = createTemporaryFolder();
const open: LoginCluster[] = [];
const otherFolder = createTemporaryFolder();
let certificate: Certificate;
let otherCertificate: Certificate;

beforeAll(async () => {
  certificate = await makeCertificate(folder.path);
  otherCertificate = await makeCertificate(otherFolder.path);
});
afterAll(() => {
  folder.remove();
  otherFolder.remove();
});
afterEach(() => Promise.all(open.splice(0).map((cluster) => cluster.close())));

async function startTls(options: LoginClusterOptions = {}): Promise<LoginCluster> {
  const makeServer = (listener: RequestListener) => createHttpsServer(certificate, listener);
  const cluster = await startLoginCluster({ makeServer, ...options });
  open.push(cluster);
  return cluster;
}

function connect(url: string, more: Partial<DcosCluster> = {}, clock: Clock = systemClock) {
  const password = new Secret('a test', () => 'secret');
  const cluster: DcosCluster = { name: 'pe1', url, auth: { type: 'password', uid: 'coxswain', password }, ...more };
  const found = openConnections(new Map([['pe1', cluster]]), { clock }).get('pe1');
  if (found === undefined) throw new Error('no connection');
  return found.marathon;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof CoxswainError ? `${error.code} ${error.message}` : `no failure: ${String(error)}`;
}

describe('a cluster with its own certificate authority', () => {
  it('is spoken to, and logged in at, when its authority is named', async () => {
    const cluster = await startTls();
    expect((await connect(cluster.url, { caFile: certificate.caFile }).getInfo()).version).toBe('1.11.24');
    expect(cluster.logins).toHaveLength(1);
  });

  it.each([
    ['with authentication', {}],
    ['without', { auth: { type: 'none' } }],
  ] as [string, Partial<DcosCluster>][])(
    'is refused when it is not named, %s, and nothing is sent',
    async (_t, more) => {
      const cluster = await startTls();
      expect(await messageOf(connect(cluster.url, more).getInfo())).toMatch(
        /^UNREACHABLE .*\(name its authority with caFile\)/,
      );
      expect([cluster.logins, cluster.requests]).toEqual([[], []]);
    },
  );

  it('is refused even where the environment turns verification off', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const cluster = await startTls();
      expect(await messageOf(connect(cluster.url).getInfo())).toMatch(/^UNREACHABLE .*caFile/);
      expect(cluster.logins).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('is refused under another name than the one that its certificate is for', async () => {
    const cluster = await startTls();
    const url = cluster.url.replace('127.0.0.1', 'localhost');
    expect(await messageOf(connect(url, { caFile: certificate.caFile }).getInfo())).toMatch(
      /^UNREACHABLE .*another host name/,
    );
  });

  it('that speaks plain HTTP is told apart', async () => {
    const cluster = await startLoginCluster();
    open.push(cluster);
    expect(await messageOf(connect(cluster.url.replace('http:', 'https:')).getInfo())).toMatch(
      /^UNREACHABLE .*does not speak TLS/,
    );
  });
});

describe('the emulated cluster over HTTPS', () => {
  it('gives its authority to anybody, and serves who trusts it, logins and events included', async () => {
    const { key, cert, caFile } = certificate;
    const users = [{ uid: 'coxswain', password: 'secret' }];
    const emulator = await startDcosEmulator({ tls: { key, cert }, auth: { mode: 'enterprise', users } });
    try {
      expect(emulator.url).toMatch(/^https:/);
      expect(await messageOf(connect(emulator.url).getInfo())).toMatch(/^UNREACHABLE .*caFile/);
      const given = await new Promise<string>((resolve, reject) => {
        const request = get(`${emulator.url}/ca/dcos-ca.crt`, { ca: cert }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(text));
        });
        request.on('error', reject);
      });
      expect(given).toBe(readFileSync(caFile, 'utf8'));
      const marathon = connect(emulator.url, { caFile });
      expect((await marathon.getInfo()).version).toMatch(/^1\./);
      const stream = await marathon.openEvents({ idleTimeoutMs: 5000 });
      const first = await stream.chunks[Symbol.asyncIterator]().next();
      expect(String(first.value)).toContain('event_stream_attached');
      stream.close();
    } finally {
      await emulator.close();
    }
  });

  it('has no authority to give over HTTP', async () => {
    const emulator = await startDcosEmulator();
    expect((await fetch(`${emulator.url}/ca/dcos-ca.crt`)).status).toBe(404);
    await emulator.close();
  });
});

describe('the certificate file of a cluster', () => {
  const accounts = [
    ['without authentication', { auth: { type: 'none' } }],
    ['with it', {}],
  ] as [string, Partial<DcosCluster>][];
  const startOpen = () => startTls({ answer: (_request, response) => respond(response, 200, '{"version":"1.11.24"}') });
  const checkEveryMs = 5000;

  it.each(accounts)('heals the cluster when it appears, %s', async (_title, more) => {
    const cluster = await startOpen();
    const caFile = join(folder.path, randomUUID());
    const marathon = connect(cluster.url, { caFile, ...more }, createManualClock());
    const message = await messageOf(marathon.getInfo());
    expect(message).toMatch(/^UNREACHABLE .*Cannot read the certificate file .*Check the path[^']*$/);
    expect(message).toContain(caFile);
    expect(message).toContain(new URL(cluster.url).host);
    writeFileSync(caFile, certificate.cert);
    expect((await marathon.getInfo()).version).toBe('1.11.24');
  });

  it.each(accounts)('is read again when it changed, %s', async (_title, more) => {
    const cluster = await startOpen();
    const clock = createManualClock();
    const caFile = join(folder.path, randomUUID());
    writeFileSync(caFile, otherCertificate.cert);
    const marathon = connect(cluster.url, { caFile, ...more }, clock);
    expect(await messageOf(marathon.getInfo())).toMatch(/^UNREACHABLE .*name its authority/);
    writeFileSync(caFile, certificate.cert);
    await clock.advance(checkEveryMs - 1);
    expect(await messageOf(marathon.getInfo())).toMatch(/^UNREACHABLE/);
    await clock.advance(1);
    expect((await marathon.getInfo()).version).toBe('1.11.24');
  });

  it('is used as it was read last while it is gone', async () => {
    const cluster = await startOpen();
    const clock = createManualClock();
    const caFile = join(folder.path, randomUUID());
    writeFileSync(caFile, certificate.cert);
    const marathon = connect(cluster.url, { caFile, auth: { type: 'none' } }, clock);
    await marathon.getInfo();
    rmSync(caFile);
    await clock.advance(checkEveryMs);
    expect((await marathon.getInfo()).version).toBe('1.11.24');
    writeFileSync(caFile, otherCertificate.cert);
    await clock.advance(checkEveryMs);
    expect(await messageOf(marathon.getInfo())).toMatch(/^UNREACHABLE .*name its authority/);
  });

  it('does not cost the connection when it did not change', async () => {
    let connections = 0;
    const makeServer = (listener: RequestListener) =>
      createHttpsServer(certificate, listener).on('secureConnection', () => (connections += 1));
    const cluster = await startTls({ makeServer });
    const clock = createManualClock();
    const marathon = connect(cluster.url, { caFile: certificate.caFile }, clock);
    await marathon.getInfo();
    await clock.advance(checkEveryMs);
    await marathon.getInfo();
    expect(connections).toBe(2);
    cluster.revoke();
    await marathon.getInfo();
    expect([cluster.logins.length, connections]).toEqual([2, 2]);
  });
});
