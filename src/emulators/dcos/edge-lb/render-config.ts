import type { Context } from '../context';
import { instancesOf, taskIdOf } from '../instances';
import { type JsonObject, objectOf, objectsOf } from '../json';
import { absoluteId } from '../normalize-app';
import { isPattern } from './pool-schema';

/**
 * The configuration of HAProxy for a pool, as far as it shows who gets traffic: `acl` and `use_backend` lines for the map
 * of a frontend, and one `server` line for every running task of a backend's Marathon services and for every endpoint of
 * the type ADDRESS, with the `miscStr` of the service (such as `weight 10`) at its end.
 */
export function renderConfig(context: Context, pool: JsonObject): string {
  const { frontends, backends } = objectOf(pool.haproxy);
  const lines = [
    ...objectsOf(frontends).flatMap((frontend) => renderFrontend(frontend)),
    ...objectsOf(backends).flatMap((backend) => renderBackend(context, backend)),
  ];
  return `${lines.join('\n')}\n`;
}

function renderFrontend({ name, protocol, bindAddress, bindPort, linkBackend }: JsonObject): readonly string[] {
  const { defaultBackend, map } = objectOf(linkBackend);
  const title = typeof name === 'string' ? name : `frontend_${String(bindAddress)}_${String(bindPort)}`;
  return [
    `frontend ${title}`,
    `  bind ${String(bindAddress)}:${String(bindPort)}`,
    `  mode ${modeOf(protocol)}`,
    ...objectsOf(map).flatMap(renderLink),
    ...(typeof defaultBackend === 'string' ? [`  default_backend ${defaultBackend}`] : []),
  ];
}

/** How HAProxy asks for what an entry of a map wants. */
const fetches = {
  hostEq: 'hdr(host) -i',
  hostReg: 'hdr_reg(host) -i',
  pathBeg: 'path_beg',
  pathEnd: 'path_end',
  pathReg: 'path_reg',
} as const;

/** All that an entry names has to hold. */
function renderLink(entry: JsonObject, index: number): readonly string[] {
  const wanted = Object.entries(fetches).filter(([field]) => typeof entry[field] === 'string');
  const names = wanted.map(([field]) => `map_${index}_${field}`);
  const condition = names.length === 0 ? '' : ` if ${names.join(' ')}`;
  return [
    ...wanted.map(([field, fetch]) => `  acl map_${index}_${field} ${fetch} ${String(entry[field])}`),
    `  use_backend ${String(entry.backend)}${condition}`,
  ];
}

function renderBackend(context: Context, { name, protocol, balance, services }: JsonObject): readonly string[] {
  const servers = objectsOf(services).flatMap((service) => renderServers(context, service));
  return [`backend ${String(name)}`, `  balance ${String(balance)}`, `  mode ${modeOf(protocol)}`, ...servers];
}

function renderServers(context: Context, { marathon, endpoint }: JsonObject): readonly string[] {
  const { type, address, port, miscStr } = objectOf(endpoint);
  const misc = typeof miscStr === 'string' && miscStr !== '' ? ` ${miscStr}` : '';
  if (type === 'ADDRESS') {
    const place = `${String(address)}:${String(port)}`;
    return [`  server address_${place.replace(/[^\w.]/g, '_')} ${place}${misc}`];
  }
  return Object.keys(context.world.apps)
    .filter(matcherOf(objectOf(marathon)))
    .flatMap((id) => instancesOf(context, id))
    .filter(({ condition, goal }) => condition === 'Running' && goal === 'Running')
    .map((each) => {
      const shown = Number(port) > 0 ? Number(port) : (each.ports[0] ?? 0);
      return `  server ${taskIdOf(each)} ${each.host}:${shown}${misc}`;
    });
}

/** Which apps a service means; none by a pattern that is none, as an older saved pool may have. */
function matcherOf({ serviceID, serviceIDPattern }: JsonObject): (id: string) => boolean {
  if (typeof serviceID === 'string') return (id) => id === absoluteId(serviceID);
  if (typeof serviceIDPattern !== 'string' || !isPattern(serviceIDPattern)) return () => false;
  const pattern = new RegExp(serviceIDPattern);
  return (id) => pattern.test(id);
}

function modeOf(protocol: unknown): string {
  return protocol === 'TCP' || protocol === 'TLS' ? 'tcp' : 'http';
}
