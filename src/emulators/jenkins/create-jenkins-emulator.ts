import { randomBytes } from 'node:crypto';
import { crumbOf, identify, sessionCookie, sessionOf, type CrumbMode, type Identity, type JenkinsUser } from './auth';
import type { EmulatorClock } from './clock';
import { failure, page, respond, type EmulatorRequest, type EmulatorResponse } from './exchange';
import { routes, type Route } from './routes';
import { catchUp, type ScheduleOptions } from './schedule';
import { emptyWorld, type World } from './world';

/** How an emulated Jenkins behaves. */
export type JenkinsEmulatorOptions = Partial<ScheduleOptions> & {
  readonly clock: EmulatorClock;
  readonly users: readonly JenkinsUser[];
  /** @default 'passwords' */
  readonly crumbs?: CrumbMode;
  /** What Jenkins says its own address is, with a slash at the end; it need not be the one it is reached by. */
  readonly rootUrl: string;
  /** What was there before. */
  readonly world?: World;
};

/** A Jenkins without sockets. */
export type JenkinsEmulator = {
  readonly handle: (request: EmulatorRequest) => EmulatorResponse;
  /** Makes every crumb given out so far stale, as a restart of Jenkins does. */
  readonly expireCrumbs: () => void;
  /** Everything as it is now: plain data. */
  readonly snapshot: () => World;
};

/** How long Jenkins remembers a queue item that left, in milliseconds. */
const forgetMs = 5 * 60_000;
const crumbField = 'Jenkins-Crumb';
const version = '2.479.3';

type Match = { readonly route: Route; readonly parts: Readonly<Record<string, string>> };

const placeholders: Readonly<Record<string, string>> = {
  item: 'job/[^/]+(?:/job/[^/]+)*',
  build: '\\d+|last[A-Z]\\w*',
  id: '\\d+',
  name: '[^/]+',
  rest: '.+',
};

const compiled = routes.map((route) => {
  const source = route.pattern
    .replace(/[.]/g, '\\.')
    .replace(/\{(\w+)\}/g, (_whole, name: string) => `(?<${name}>${placeholders[name] ?? ''})`)
    .replace(/(.)\/$/, '$1/?');
  return { route, pattern: new RegExp(`^${source}$`) };
});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function findRoutes(path: string): readonly Match[] {
  return compiled.flatMap(({ route, pattern }) => {
    const found = pattern.exec(path);
    if (found === null) return [];
    const parts = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decode(text)] as const);
    return [{ route, parts: Object.fromEntries(parts) }];
  });
}

const login = (path: string): EmulatorResponse => {
  const target = `/login?from=${encodeURIComponent(path)}`;
  const refresh = `<meta http-equiv='refresh' content='1;url=${target}'/>`;
  return respond(
    403,
    'text/html;charset=utf-8',
    `<html><head>${refresh}</head><body>Authentication required</body></html>`,
  );
};

/** Creates an emulated Jenkins. Builds go on by the clock, worked out whenever somebody asks. */
export function createJenkinsEmulator(settings: JenkinsEmulatorOptions): JenkinsEmulator {
  const { clock, users, crumbs = 'passwords', rootUrl, executors = 2, quietPeriodMs = 5000 } = settings;
  const options: ScheduleOptions = { executors, quietPeriodMs };
  const world = settings.world ?? emptyWorld();
  let round = 0;

  const isCrumbGood = ({ headers = {} }: EmulatorRequest, user: Extract<Identity, { kind: 'user' }>): boolean => {
    if (crumbs === 'off' || (crumbs === 'passwords' && user.isToken)) return true;
    const session = sessionOf(headers);
    return session !== undefined && headers[crumbField.toLowerCase()] === crumbOf(user.id, session, round);
  };
  const issueCrumb = ({ headers = {} }: EmulatorRequest, user: string): EmulatorResponse => {
    if (crumbs === 'off') return failure(404, 'Not Found');
    const known = sessionOf(headers);
    const session = known ?? `node0${randomBytes(8).toString('hex')}`;
    const body = {
      _class: 'hudson.security.csrf.DefaultCrumbIssuer',
      crumb: crumbOf(user, session, round),
      crumbRequestField: crumbField,
    };
    const cookie: Readonly<Record<string, string>> =
      known === undefined ? { 'Set-Cookie': `${sessionCookie}=${session}; Path=/; HttpOnly` } : {};
    return respond(200, 'application/json;charset=utf-8', JSON.stringify(body), cookie);
  };
  const answer = (request: EmulatorRequest): EmulatorResponse => {
    const url = new URL(request.path, 'http://jenkins');
    if (url.pathname === '/login') return page(200, 'Sign in [Jenkins]');
    const user = identify(users, request.headers ?? {});
    if (user.kind === 'anonymous') return login(url.pathname);
    if (user.kind === 'wrong') return failure(401, 'Invalid password/token for user');
    const { method } = request;
    if (method === 'GET' && url.pathname === '/crumbIssuer/api/json') return issueCrumb(request, user.id);
    if (method === 'POST' && !isCrumbGood(request, user)) {
      return failure(403, 'No valid crumb was included in the request');
    }
    const found = findRoutes(url.pathname);
    const match = found.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
    if (match === undefined) return found.length === 0 ? failure(404, 'Not Found') : failure(405, 'Method Not Allowed');
    const isForm = request.headers?.['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const form = new URLSearchParams(isForm ? (request.body ?? '') : '');
    const { route, parts } = match;
    return route.handle({ view: { world, rootUrl, options }, request, query: url.searchParams, form, user, parts });
  };
  const settle = () => {
    catchUp(world, clock.now(), options);
    world.queue = world.queue.filter(({ leftAt }) => leftAt === undefined || world.time - leftAt < forgetMs);
  };
  return {
    handle(request) {
      settle();
      const { status, headers, body } = answer(request);
      settle();
      return { status, headers: { ...headers, 'X-Jenkins': version }, body };
    },
    expireCrumbs: () => void (round += 1),
    snapshot: () => {
      settle();
      return structuredClone(world);
    },
  };
}
