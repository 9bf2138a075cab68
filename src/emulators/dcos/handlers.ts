import type { Context } from './context';
import type { Call, Reply } from './exchange';
import { flag, ok } from './exchange';
import { type Fault, parseFault } from './faults';
import * as apps from './handle-apps';
import * as cluster from './handle-cluster';
import * as tasks from './handle-tasks';
import { MarathonError } from './marathon-error';
import type { RequestLog } from './request-log';
import type { RouteName } from './routes';

type Handler = (context: Context, call: Call) => Reply;

/** What the emulator's own routes need beyond the context. */
export type Controls = {
  readonly log: RequestLog;
  readonly setFault: (fault: Fault) => string;
  readonly clearFaults: (id?: string) => void;
};

/** The handler of every route; the type makes sure that none is forgotten. */
export function createHandlers(controls: Controls): Readonly<Record<RouteName, Handler>> {
  return {
    'GET /ping': (_context, call) => cluster.ping(call),
    'GET /v2/info': () => cluster.getInfo(),
    'GET /v2/leader': () => cluster.getLeader(),
    'GET /v2/events': cluster.openStream,
    'GET /v2/pods': () => ok([]),
    'GET /v2/apps': apps.listApps,
    'POST /v2/apps': changing(apps.createApp),
    'PUT /v2/apps': changing((context, call) => apps.putApps(context, call, true)),
    'PATCH /v2/apps': changing((context, call) => apps.putApps(context, call, false)),
    'GET /v2/apps/{id}/versions': apps.listVersions,
    'GET /v2/apps/{id}/versions/{version}': apps.getVersion,
    'POST /v2/apps/{id}/restart': changing(apps.restartApp),
    'GET /v2/apps/{id}/tasks': tasks.listAppTasks,
    'DELETE /v2/apps/{id}/tasks': tasks.killAppTasks,
    'DELETE /v2/apps/{id}/tasks/{taskId}': tasks.killAppTask,
    'GET /v2/apps/{id}/*': apps.listGroupApps,
    'GET /v2/apps/{id}': apps.getApp,
    'PUT /v2/apps/{id}': changing(apps.putApp),
    'PATCH /v2/apps/{id}': changing(apps.patchApp),
    'DELETE /v2/apps/{id}': changing(apps.deleteApp),
    'GET /v2/groups': cluster.getGroup,
    'GET /v2/groups/{id}': cluster.getGroup,
    'GET /v2/tasks': tasks.listTasks,
    'POST /v2/tasks/delete': tasks.killTasks,
    'GET /v2/deployments': cluster.listDeployments,
    'DELETE /v2/deployments/{id}': (context, call) =>
      cluster.deleteDeployment(context, call, flag(call.query, 'force')),
    'GET /v2/queue': cluster.getQueue,
    'DELETE /v2/queue/{id}/delay': cluster.endDelay,
    ...controlHandlers(controls),
  };
}

function changing(handler: Handler): Handler {
  return (context, call) => {
    apps.requireRoomForDeployment(context);
    return handler(context, call);
  };
}

function controlHandlers({ log, setFault, clearFaults }: Controls) {
  return {
    'GET /emulator/requests': (_context, { query }) => {
      const method = query.get('method');
      return ok({
        requests: log.list({ ...(method === null ? {} : { method }), mutations: flag(query, 'mutations') }),
      });
    },
    'DELETE /emulator/requests': () => {
      log.clear();
      return { status: 204 };
    },
    'GET /emulator/faults': (context) => ok({ faults: context.faults.list() }),
    'POST /emulator/faults': (_context, { body }) => {
      const faults = (Array.isArray(body) ? body : [body]).map(parseFault);
      const known = faults.filter((fault) => fault !== undefined);
      if (known.length < faults.length) {
        throw new MarathonError(400, { message: 'This is no fault. See faults.ts for the kinds and their fields.' });
      }
      return ok({ ids: known.map(setFault) }, 201);
    },
    'DELETE /emulator/faults': (_context, { query }) => {
      clearFaults(query.get('id') ?? undefined);
      return { status: 204 };
    },
  } satisfies Partial<Record<RouteName, Handler>>;
}
