import { below } from './admin-paths';
import type { Context } from './context';
import type { Call, Reply } from './exchange';
import { htmlPage } from './html-page';
import { instancesOf } from './instances';
import { runtimeTaskOf } from './runtime-task';
import { anyMethod, defineService, type Service } from './service';
import type { AppSpec, Instance } from './world';

/** What stands behind an app's own name at Admin Router. */
export const labelledRoutes = [
  { method: anyMethod, pattern: '/{name}', summary: 'The app with the label DCOS_SERVICE_NAME, at /' },
  { method: anyMethod, pattern: '/{name}/{id}', summary: 'The same, below /; over HTTP only' },
] as const;

/**
 * Creates the part of Admin Router that passes requests to the apps with the labels DCOS_SERVICE_NAME, _SCHEME and
 * _PORT_INDEX. Only a real task can answer: a simulated one, like one that does not listen, is a 502.
 */
export function createLabelledService(context: Context): Service {
  const answer = (call: Call) => askApp(context, call.path.slice(1));
  return defineService({
    prefix: '/service',
    routes: labelledRoutes,
    handlers: { 'ANY /{name}': answer, 'ANY /{name}/{id}': answer },
    unknown: () => notFound,
  });
}

const notFound = htmlPage(404, '404 Not Found');
const badGateway = htmlPage(502, '502 Bad Gateway');

function askApp(context: Context, path: string): Reply {
  const found = Object.values(context.world.apps)
    .flatMap((spec) => serviceOf(spec) ?? [])
    .filter(({ name }) => below(name, path) !== undefined)
    // A name may hold slashes, and another may begin with it.
    .sort((a, b) => b.name.length - a.name.length)[0];
  const instance = found && instancesOf(context, found.appId).find(({ condition }) => condition === 'Running');
  if (found === undefined || instance === undefined) return notFound;
  const port = instance.ports[found.portIndex];
  if (port === undefined) return notFound;
  if (found.scheme !== 'http' || isSimulated(context, instance)) return badGateway;
  const skippedSegments = 1 + found.name.split('/').length;
  return { ...badGateway, forward: { host: instance.host, port, skippedSegments } };
}

/** What the labels of an app say; undefined unless all three are there. */
function serviceOf({ id: appId, labels }: AppSpec) {
  const { DCOS_SERVICE_NAME: name, DCOS_SERVICE_SCHEME: scheme, DCOS_SERVICE_PORT_INDEX: index } = labels;
  if (!name || scheme === undefined || index === undefined) return undefined;
  return { appId, name: name.replace(/^\/|\/$/g, ''), scheme, portIndex: Number(index) };
}

function isSimulated({ world, runtime }: Context, instance: Instance): boolean {
  return runtime.isSimulated(runtimeTaskOf(world, instance));
}
