import type { Context } from '../context';
import { instancesOf, taskIdOf } from '../instances';
import { type JsonObject, objectOf, objectsOf } from '../json';
import { absoluteId } from '../normalize-app';

/**
 * The configuration of HAProxy for a pool, as far as it shows who gets traffic: one `server` line for every running task
 * of a backend's Marathon services, with the `miscStr` of the service (such as `weight 10`) at its end.
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
  const { defaultBackend } = objectOf(linkBackend);
  const title = typeof name === 'string' ? name : `frontend_${String(bindAddress)}_${String(bindPort)}`;
  return [
    `frontend ${title}`,
    `  bind ${String(bindAddress)}:${String(bindPort)}`,
    `  mode ${modeOf(protocol)}`,
    ...(typeof defaultBackend === 'string' ? [`  default_backend ${defaultBackend}`] : []),
  ];
}

function renderBackend(context: Context, { name, protocol, balance, services }: JsonObject): readonly string[] {
  const servers = objectsOf(services).flatMap((service) => renderServers(context, service));
  return [`backend ${String(name)}`, `  balance ${String(balance)}`, `  mode ${modeOf(protocol)}`, ...servers];
}

function renderServers(context: Context, { marathon, endpoint }: JsonObject): readonly string[] {
  const { serviceID, serviceIDPattern } = objectOf(marathon);
  const { port, miscStr } = objectOf(endpoint);
  const misc = typeof miscStr === 'string' && miscStr !== '' ? ` ${miscStr}` : '';
  const ids = Object.keys(context.world.apps).filter((id) =>
    typeof serviceID === 'string'
      ? id === absoluteId(serviceID)
      : typeof serviceIDPattern === 'string' && new RegExp(serviceIDPattern).test(id),
  );
  return ids
    .flatMap((id) => instancesOf(context, id))
    .filter(({ condition, goal }) => condition === 'Running' && goal === 'Running')
    .map(
      (each) =>
        `  server ${taskIdOf(each)} ${each.host}:${Number(port) > 0 ? Number(port) : (each.ports[0] ?? 0)}${misc}`,
    );
}

function modeOf(protocol: unknown): string {
  return protocol === 'TCP' || protocol === 'TLS' ? 'tcp' : 'http';
}
