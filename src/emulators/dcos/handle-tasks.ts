import { taskView, tasksOf } from './app-view';
import { changeApps, requireUnlocked } from './change-apps';
import type { Context } from './context';
import { type Call, flag, ok, type Reply } from './exchange';
import { deploymentReply, requireApp, requireObject } from './handle-apps';
import { decommission, instancesOf, isLaunched, kill, taskIdOf } from './instances';
import { MarathonError, notFound } from './marathon-error';
import { absoluteId } from './normalize-app';
import type { Instance } from './world';

/** GET /v2/tasks */
export function listTasks(context: Context, { query, headers }: Call): Reply {
  if (refusesJson(headers)) return { status: 406 };
  const wanted = [...query.getAll('status'), ...query.getAll('status[]')].map((each) => `TASK_${each.toUpperCase()}`);
  const tasks = context.world.instances.filter(isLaunched).map(taskView);
  return ok({ tasks: tasks.filter(({ state }) => wanted.length === 0 || wanted.includes(state)) });
}

/** GET /v2/apps/{id}/tasks */
export function listAppTasks(context: Context, { parameters, headers }: Call): Reply {
  if (refusesJson(headers)) return { status: 406 };
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  return ok({ tasks: tasksOf(context, id) });
}

/** DELETE /v2/apps/{id}/tasks */
export function killAppTasks(context: Context, { parameters, query }: Call): Reply {
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  const host = query.get('host') ?? '*';
  const chosen = instancesOf(context, id).filter((each) => isLaunched(each) && (host === '*' || each.host === host));
  return killChosen(context, chosen, query, (tasks) => ({ tasks }));
}

/** DELETE /v2/apps/{id}/tasks/{taskId} */
export function killAppTask(context: Context, { parameters, query }: Call): Reply {
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  const taskId = parameters.taskId ?? '';
  const chosen = instancesOf(context, id).filter((each) => isLaunched(each) && taskIdOf(each) === taskId);
  if (chosen.length === 0) throw notFound(`Task '${taskId}' does not exist`);
  return killChosen(context, chosen, query, ([task]) => ({ task }));
}

/** POST /v2/tasks/delete */
export function killTasks(context: Context, { body, query }: Call): Reply {
  const { ids } = requireObject(body);
  const taskIds = Array.isArray(ids) ? ids.map(String) : [];
  for (const id of taskIds) {
    // Present ids end in an instance and an attempt, old ones in a dot and a UUID.
    if (!/^.+\.(instance-|marathon-)?[0-9a-f-]{36}(\..+)?$/.test(id)) {
      throw new MarathonError(400, { message: `Invalid task id '${id}'` });
    }
  }
  const chosen = context.world.instances.filter((each) => isLaunched(each) && taskIds.includes(taskIdOf(each)));
  return killChosen(context, chosen, query, (tasks) => ({ tasks }));
}

/** Whether a client takes no JSON; text is what older Marathons could answer. */
function refusesJson({ accept = '*/*' }: Call['headers']): boolean {
  return !/json|application\/\*|\*\/\*/.test(accept);
}

function killChosen(
  context: Context,
  chosen: readonly Instance[],
  query: URLSearchParams,
  show: (tasks: readonly unknown[]) => unknown,
): Reply {
  const isScale = flag(query, 'scale');
  if (isScale && flag(query, 'wipe')) {
    throw new MarathonError(400, { message: 'You cannot use scale and wipe at the same time.' });
  }
  const before = show(chosen.map(taskView));
  if (isScale) return killAndScale(context, chosen, flag(query, 'force'));
  for (const instance of chosen) kill(context, instance);
  context.settle();
  return ok(before);
}

function killAndScale(context: Context, chosen: readonly Instance[], force: boolean): Reply {
  const appIds = [...new Set(chosen.map((each) => each.appId))].filter((id) => context.world.apps[id] !== undefined);
  requireUnlocked(context, appIds, force);
  const wishes = Object.fromEntries(
    appIds.map((id) => {
      const spec = requireApp(context, id);
      const kills = chosen.filter((each) => each.appId === id && each.goal === 'Running').length;
      return [id, { ...spec, instances: Math.max(0, spec.instances - kills) }];
    }),
  );
  const deployment = changeApps(context, { wishes, force });
  for (const instance of chosen) decommission(context, instance);
  return deploymentReply(context, deployment);
}
