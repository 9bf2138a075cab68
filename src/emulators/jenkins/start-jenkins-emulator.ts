import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { JenkinsUser } from './auth';
import { systemClock } from './clock';
import { createJenkinsEmulator, type JenkinsEmulator, type JenkinsEmulatorOptions } from './create-jenkins-emulator';
import { emptyWorld, type World } from './world';

/** How to serve an emulated Jenkins. */
export type StartJenkinsEmulatorOptions = Partial<Omit<JenkinsEmulatorOptions, 'world' | 'rootUrl'>> & {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** A JSON file that keeps everything over restarts; it is made when absent. */
  readonly dataFile?: string;
};

/** A served emulator, with an account for it. */
export type RunningJenkinsEmulator = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The user's API token. */
  readonly token: string;
  readonly core: JenkinsEmulator;
  /** Saves, ends every connection and stops. */
  readonly close: () => Promise<void>;
};

const host = '127.0.0.1';

const newUser = (): JenkinsUser => ({
  id: 'coxswain',
  password: randomBytes(8).toString('hex'),
  // As Jenkins makes them: 11 and 32 hexadecimal digits.
  tokens: [`11${randomBytes(16).toString('hex')}`],
});

function load(file: string | undefined): World | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  try {
    return { ...emptyWorld(), ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<World>) };
  } catch (cause) {
    throw new Error(`The emulator's data file ${file} is damaged. Delete it to start afresh.`, { cause });
  }
}

function save(file: string | undefined, core: JenkinsEmulator): void {
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(core.snapshot()));
  renameSync(`${file}.new`, file);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function serve(core: JenkinsEmulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  const { method = 'GET', url: path = '/' } = request;
  const answer = core.handle({ method, path, headers, body: await readBody(request) });
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status === 204 ? {} : { 'Content-Length': bytes.length }),
  });
  response.end(method === 'HEAD' || answer.status === 204 ? undefined : bytes);
}

/** Serves an emulated Jenkins on 127.0.0.1; throws when the port is taken or the data file is damaged. */
export async function startJenkinsEmulator(options: StartJenkinsEmulatorOptions = {}): Promise<RunningJenkinsEmulator> {
  const { port = 0, dataFile, clock = systemClock, users = [newUser()], ...rest } = options;
  const world = load(dataFile);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const core = createJenkinsEmulator({
    ...rest,
    clock,
    users,
    rootUrl: `${url}/`,
    ...(world === undefined ? {} : { world }),
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    serve(core, request, response)
      .then(() => (request.method === 'POST' ? save(dataFile, core) : undefined))
      .catch(() => response.destroy());
  });
  const [user] = users;
  return {
    url,
    user: user?.id ?? '',
    password: user?.password ?? '',
    token: user?.tokens[0] ?? '',
    core,
    close: async () => {
      save(dataFile, core);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
