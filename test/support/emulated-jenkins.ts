import {
  createJenkinsEmulator,
  type JenkinsEmulatorOptions,
} from '../../src/emulators/jenkins/create-jenkins-emulator';
import type { World } from '../../src/emulators/jenkins/world';
import type { HttpClient, HttpReply, HttpRequest } from '../../src/http-client/http-client';
import { networkFailure, statusFailure, uselessReplyFailure } from '../../src/http-client/http-failure';
import { createJenkinsClient } from '../../src/jenkins/jenkins-client';
import { createJenkinsMasters } from '../../src/jenkins/jenkins-masters';
import type { JenkinsMaster } from '../../src/model/application';
import { Secret } from '../../src/model/secret';
import type { ManualClock } from './manual-clock';

/** What happens to a request: refused, carried out without an answer, answered with a status of its own, or as it should be. */
export type JenkinsMishap = 'refused' | 'lost' | number | undefined;

/** A Jenkins called `ci` on a test's clock, without sockets, and the masters that stages ask for. */
export function createEmulatedJenkins(
  clock: ManualClock,
  options: Partial<JenkinsEmulatorOptions> & { readonly scriptJob?: string; readonly point?: () => void } = {},
) {
  const { scriptJob, point = () => undefined, ...rest } = options;
  const user = { id: 'coxswain', password: 'pw', tokens: ['11aa'] };
  const core = createJenkinsEmulator({ clock, users: [user], rootUrl: 'http://ci/', quietPeriodMs: 0, ...rest });
  let mishapOf: (method: string, path: string) => JenkinsMishap = () => undefined;
  const requests: string[] = [];

  const carryOut = ({ method, path, query = {}, headers = {}, body }: HttpRequest) => {
    const url = new URL(path, 'http://ci');
    for (const [name, value] of Object.entries(query)) {
      for (const each of [value ?? []].flat()) url.searchParams.append(name, String(each));
    }
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const form = body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const sent = body instanceof URLSearchParams ? { body: body.toString() } : {};
    requests.push(`${method} ${url.pathname}`);
    return core.handle({
      method,
      path: url.href.slice(url.origin.length),
      headers: { ...form, ...Object.fromEntries(named) },
      ...sent,
    });
  };
  const http: HttpClient = {
    host: 'ci',
    request: async (request): Promise<HttpReply> => {
      await Promise.resolve();
      const { method, path, expect, maxReplyBytes = Infinity } = request;
      const target = { method, host: 'ci', path };
      const mishap = mishapOf(method, path);
      if (mishap === 'refused') throw networkFailure(target, 'ECONNREFUSED');
      if (typeof mishap === 'number')
        throw statusFailure(target, { status: mishap, headers: {}, body: '<title>Oops!</title>' });
      point();
      const { status, headers, body } = carryOut(request);
      point();
      if (mishap === 'lost') throw networkFailure(target, 'ECONNRESET');
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      if (status > 299) throw statusFailure(target, { status, headers: lower, body });
      if (Buffer.byteLength(body) > maxReplyBytes)
        throw uselessReplyFailure(target, 'it is too long', { isTooLong: true });
      if (expect === 'text') return { status, headers: lower, body };
      if (!body.startsWith('{')) throw uselessReplyFailure(target, 'it is not JSON');
      return { status, headers: lower, body: JSON.parse(body) as unknown };
    },
    stream: () => Promise.reject(new Error('Jenkins has no streams.')),
  };
  const auth = { user: user.id, token: new Secret('a test', () => '11aa') };
  const master: JenkinsMaster = {
    name: 'ci',
    url: 'http://ci',
    auth,
    ...(scriptJob === undefined ? {} : { scriptJob }),
  };
  const masters = new Map([['ci', master]]);
  const authorization = `Basic ${Buffer.from('coxswain:11aa').toString('base64')}`;
  const ask = (method: string, path: string, body = '') => {
    const reply = core.handle({ method, path, body, headers: { authorization } });
    if (reply.status > 399) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`);
    return reply;
  };
  const world = (): World => core.snapshot();
  return {
    core,
    masters: createJenkinsMasters(
      () => ({ jenkins: masters }),
      clock,
      () => createJenkinsClient(http, auth),
    ),
    /** Acts as a person who uses Jenkins. */
    ask,
    create: (name: string, config: string) => ask('POST', `/createItem?name=${name}`, config),
    /** `number RESULT` of every build of a job, and how many wait. */
    builds: (job: string): readonly string[] =>
      world()
        .items.filter(({ path }) => path.join('/') === job)
        .flatMap(({ builds }) => builds.map(({ number, result }) => `${number} ${result ?? 'RUNNING'}`)),
    world,
    requests,
    /** From now on accounts.yaml names no job that scripts run through. */
    forgetScriptJob: () => void masters.set('ci', { name: 'ci', url: master.url, auth }),
    /** From now on requests go wrong as this says. */
    go: (wrong: typeof mishapOf) => void (mishapOf = wrong),
  };
}
