import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import { isJsonObject, type JsonObject } from '../json';
import { MarathonError } from '../marathon-error';
import { defineService, type Service } from '../service';
import { checkPool, withPoolDefaults } from './pool';
import { renderConfig } from './render-config';

const renderedParts =
  'HAProxy as it stands: binds, linkBackend, and servers of Marathon and of ADDRESS; ' +
  'not mesos, containerName, portName, allPorts, check, miscStrs, rewriteHttp, customCheck, certificates';

/** What Edge-LB serves of its API. */
export const edgeLbRoutes = [
  { method: 'GET', pattern: '/ping', summary: 'Answers pong' },
  { method: 'GET', pattern: '/version', summary: 'Version of Edge-LB' },
  { method: 'GET', pattern: '/v2/config', summary: 'Every pool with its load balancers' },
  { method: 'GET', pattern: '/v2/pools', summary: 'All pools' },
  { method: 'POST', pattern: '/v2/pools', summary: 'Creates a pool' },
  { method: 'GET', pattern: '/v2/pools/{name}', summary: 'One pool' },
  { method: 'PUT', pattern: '/v2/pools/{name}', summary: 'Replaces a whole pool' },
  { method: 'DELETE', pattern: '/v2/pools/{name}', summary: 'Removes a pool' },
  { method: 'GET', pattern: '/v2/pools/{name}/lbconfig', summary: renderedParts },
  { method: 'GET', pattern: '/v2/pools/{name}/lbtemplate', summary: 'The template of that configuration' },
  { method: 'PUT', pattern: '/v2/pools/{name}/lbtemplate', summary: 'Replaces the template' },
  { method: 'DELETE', pattern: '/v2/pools/{name}/lbtemplate', summary: 'Goes back to the template of Edge-LB' },
] as const;

const ownTemplate = '{{ haproxy configuration of Edge-LB }}\n';

/** Creates Edge-LB below /service/edgelb. The template is kept but has no effect on the configuration. */
export function createEdgeLbService(context: Context): Service {
  const { pools, templates } = context.world.edgeLb;
  return defineService({
    prefix: '/service/edgelb',
    routes: edgeLbRoutes,
    handlers: {
      'GET /ping': () => text('pong'),
      'GET /version': () => ok({ version: '1.5.0' }),
      'GET /v2/config': () => ok({ pools: Object.values(pools) }),
      'GET /v2/pools': () => ok(Object.values(pools)),
      'POST /v2/pools': (call) => createPool(pools, call),
      'GET /v2/pools/{name}': (call) => ok(requirePool(pools, call)),
      'PUT /v2/pools/{name}': (call) => replacePool(pools, call),
      'DELETE /v2/pools/{name}': (call) => {
        const { name } = requirePool(pools, call);
        for (const record of [pools, templates]) Reflect.deleteProperty(record, String(name));
        return { status: 204 };
      },
      'GET /v2/pools/{name}/lbconfig': (call) => text(renderConfig(context, requirePool(pools, call))),
      'GET /v2/pools/{name}/lbtemplate': (call) => {
        const { name } = requirePool(pools, call);
        return text(templates[String(name)] ?? ownTemplate);
      },
      'PUT /v2/pools/{name}/lbtemplate': (call) => {
        const { name } = requirePool(pools, call);
        const template = typeof call.rawBody === 'string' ? call.rawBody : '';
        templates[String(name)] = template;
        return text(template);
      },
      'DELETE /v2/pools/{name}/lbtemplate': (call) => {
        const { name } = requirePool(pools, call);
        Reflect.deleteProperty(templates, String(name));
        return { status: 204 };
      },
    },
    unknown: ({ path }) => ({ status: 404, body: { code: 404, message: `path ${path} was not found` } }),
  });
}

type Pools = Record<string, JsonObject>;

function createPool(pools: Pools, call: Call): Reply {
  const pool = readPool(call);
  const name = String(pool.name);
  if (pools[name] !== undefined) throw failure(409, `pool "${name}" already exists`);
  pools[name] = pool;
  return ok(pool);
}

function replacePool(pools: Pools, call: Call): Reply {
  const { name } = requirePool(pools, call);
  const pool = readPool(call);
  if (pool.name !== name) throw failure(400, `the name of pool "${String(name)}" cannot be changed`);
  pools[String(name)] = pool;
  return ok(pool);
}

function readPool(call: Call): JsonObject {
  const body = readBody(call);
  const problem = isJsonObject(body) ? checkPool(body) : 'a pool is a JSON object';
  if (problem !== undefined || !isJsonObject(body)) throw failure(400, problem ?? '');
  return withPoolDefaults(body);
}

function readBody(call: Call): unknown {
  try {
    return call.body;
  } catch (error) {
    // Thrown in Marathon's words, which are not those of Edge-LB.
    if (error instanceof MarathonError) throw failure(400, 'the body is not valid JSON');
    throw error;
  }
}

function requirePool(pools: Pools, { parameters }: Call): JsonObject {
  const pool = pools[parameters.name ?? ''];
  if (pool === undefined) throw failure(404, `pool "${parameters.name ?? ''}" not found`);
  return pool;
}

function failure(code: number, message: string): MarathonError {
  return new MarathonError(code, { code, message });
}

function text(body: string): Reply {
  return { status: 200, body, headers: { 'Content-Type': 'text/plain' } };
}
