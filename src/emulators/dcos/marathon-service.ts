import { marathonPrefix } from './admin-paths';
import type { Context } from './context';
import { flag, ok } from './exchange';
import * as apps from './handle-apps';
import * as cluster from './handle-cluster';
import * as groups from './handle-groups';
import * as queue from './handle-queue';
import * as tasks from './handle-tasks';
import * as leader from './leader';
import { routes } from './routes';
import { defineService, type Handler, type Service } from './service';

/** Creates the emulated Marathon; every answer names the leader, if there is one. */
export function createMarathonService(context: Context): Service {
  const changing =
    (handler: Handler): Handler =>
    (call, clock) => {
      apps.requireRoomForDeployment(context);
      return handler(call, clock);
    };
  const service = defineService({
    prefix: marathonPrefix,
    routes,
    handlers: {
      'GET /ping': cluster.ping,
      'GET /v2/info': () => cluster.getInfo(context),
      'GET /metrics': () => cluster.getMetrics(context),
      'GET /v2/leader': () => leader.getLeader(context),
      'DELETE /v2/leader': () => leader.abdicate(context),
      'GET /v2/events': (call) => cluster.openStream(context, call),
      'GET /v2/pods': () => ok([]),
      'GET /v2/pods/::status': () => ok([]),
      'GET /v2/apps': (call) => apps.listApps(context, call),
      'POST /v2/apps': changing((call) => apps.createApp(context, call)),
      'PUT /v2/apps': changing((call) => apps.putApps(context, call, true)),
      'PATCH /v2/apps': changing((call) => apps.putApps(context, call, false)),
      'GET /v2/apps/{id}/versions': (call) => apps.listVersions(context, call),
      'GET /v2/apps/{id}/versions/{version}': (call) => apps.getVersion(context, call),
      'POST /v2/apps/{id}/restart': changing((call) => apps.restartApp(context, call)),
      'GET /v2/apps/{id}/tasks': (call) => tasks.listAppTasks(context, call),
      'DELETE /v2/apps/{id}/tasks': (call) => tasks.killAppTasks(context, call),
      'DELETE /v2/apps/{id}/tasks/{taskId}': (call) => tasks.killAppTask(context, call),
      'GET /v2/apps/{id}/*': (call) => apps.listGroupApps(context, call),
      'GET /v2/apps/*': (call) => apps.listGroupApps(context, call),
      'GET /v2/apps/{id}': (call) => apps.getApp(context, call),
      'PUT /v2/apps/{id}': changing((call) => apps.putApp(context, call)),
      'PATCH /v2/apps/{id}': changing((call) => apps.patchApp(context, call)),
      'DELETE /v2/apps/{id}': changing((call) => apps.deleteApp(context, call)),
      ...groupHandlers(context, changing),
      'GET /v2/tasks': (call) => tasks.listTasks(context, call),
      'POST /v2/tasks/delete': (call) => tasks.killTasks(context, call),
      'GET /v2/deployments': () => cluster.listDeployments(context),
      'DELETE /v2/deployments/{id}': (call) => cluster.deleteDeployment(context, call, flag(call.query, 'force')),
      'GET /v2/queue': (call) => queue.getQueue(context, call),
      'DELETE /v2/queue/{id}/delay': (call) => queue.endDelay(context, call),
    },
    unknown: () => ({ status: 404, body: { message: 'URI not found' } }),
  });
  return {
    ...service,
    handle: (request, clock) => {
      const reply = leader.refuseWithoutLeader(context, request) ?? service.handle(request, clock);
      const host = leader.leaderOf(context);
      return host === undefined
        ? reply
        : { ...reply, headers: { 'X-Marathon-Leader': `http://${host}`, ...reply.headers } };
    },
  };
}

function groupHandlers(context: Context, changing: (handler: Handler) => Handler) {
  return {
    'GET /v2/groups/versions': (call) => groups.listGroupVersions(context, call),
    'GET /v2/groups/versions/{version}': (call) => groups.getGroupVersion(context, call),
    'GET /v2/groups/apps': (call) => groups.listGroupApps(context, call),
    'GET /v2/groups': (call) => groups.getGroup(context, call),
    'POST /v2/groups': changing((call) => groups.createGroup(context, call)),
    'PUT /v2/groups': changing((call) => groups.putGroup(context, call)),
    'DELETE /v2/groups': changing((call) => groups.deleteGroup(context, call)),
    'GET /v2/groups/{id}/versions': (call) => groups.listGroupVersions(context, call),
    'GET /v2/groups/{id}/versions/{version}': (call) => groups.getGroupVersion(context, call),
    'GET /v2/groups/{id}/apps': (call) => groups.listGroupApps(context, call),
    'GET /v2/groups/{id}': (call) => groups.getGroup(context, call),
    'POST /v2/groups/{id}': changing((call) => groups.createGroup(context, call)),
    'PUT /v2/groups/{id}': changing((call) => groups.putGroup(context, call)),
    'DELETE /v2/groups/{id}': changing((call) => groups.deleteGroup(context, call)),
    'PATCH /v2/groups/{id}': (call) => groups.patchGroup(context, call),
  } satisfies Record<string, Handler>;
}
