import { type JsonObject, objectOf, objectsOf } from '../json';
import { shapeProblem } from './pool-schema';

/** A pool as Edge-LB stores it: what was sent, with the defaults filled in. Changes to it replace it whole. */
export function withPoolDefaults(pool: JsonObject): JsonObject {
  const { stats, frontends, backends, ...rest } = objectOf(pool.haproxy);
  return {
    apiVersion: 'V2',
    namespace: 'dcos-edgelb/pools',
    role: 'slave_public',
    count: 1,
    cpus: 0.9,
    mem: 990,
    disk: 256,
    ...pool,
    haproxy: {
      ...rest,
      stats: { bindAddress: '0.0.0.0', bindPort: 9090, ...objectOf(stats) },
      frontends: objectsOf(frontends).map((each) => ({ bindAddress: '0.0.0.0', ...each })),
      backends: objectsOf(backends).map(withBackendDefaults),
    },
  };
}

function withBackendDefaults(backend: JsonObject): JsonObject {
  const services = objectsOf(backend.services).map((service) => ({
    ...service,
    endpoint: { type: 'AUTO_IP', ...objectOf(service.endpoint) },
  }));
  return { balance: 'roundrobin', ...backend, services };
}

/** What is wrong with a pool; undefined when nothing is. */
export function checkPool(pool: JsonObject): string | undefined {
  const problem = shapeProblem(pool);
  if (problem !== undefined) return problem;
  const { frontends, backends } = objectOf(pool.haproxy);
  const names = objectsOf(backends).map(({ name }) => name);
  if (new Set(names).size < names.length) return 'names of backends must be unique';
  for (const frontend of objectsOf(frontends)) {
    const { defaultBackend, map } = objectOf(frontend.linkBackend);
    const linked = [defaultBackend, ...objectsOf(map).map(({ backend }) => backend)].filter(
      (name) => name !== undefined,
    );
    const missing = linked.find((name) => !names.includes(name));
    if (missing !== undefined) return `backend ${JSON.stringify(missing)} does not exist`;
  }
  return undefined;
}
