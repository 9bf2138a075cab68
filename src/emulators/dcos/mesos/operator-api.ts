import type { Context } from '../context';
import { ok, type Reply } from '../exchange';
import { objectOf } from '../json';
import { agentView, taskView } from './state-view';
import { isCompleted, type MesosTask } from './mesos-task';

/** Answers a call of Mesos' operator API, in JSON; 501 for the calls that are not emulated. */
export function answerOperatorCall(context: Context, body: unknown): Reply {
  const { type } = objectOf(body);
  if (type === 'GET_HEALTH') return ok({ type, get_health: { healthy: true } });
  if (type === 'GET_VERSION') return ok({ type, get_version: { version_info: { version: '1.11.0' } } });
  if (type === 'GET_TASKS') return ok({ type, get_tasks: tasksOf(context) });
  if (type === 'GET_AGENTS') return ok({ type, get_agents: { agents: agentsOf(context), recovered_agents: [] } });
  const headers = { 'Content-Type': 'text/plain' };
  if (typeof type !== 'string') return { status: 400, headers, body: "Expecting 'type' to be present" };
  return { status: 501, headers, body: `The call ${type} is not emulated` };
}

function tasksOf({ world }: Context) {
  const completed = world.mesosTasks.filter(isCompleted);
  const active = world.mesosTasks.filter((task) => !isCompleted(task));
  return {
    pending_tasks: [],
    tasks: active.map(valueView),
    unreachable_tasks: [],
    completed_tasks: completed.map(valueView),
    orphan_tasks: [],
  };
}

/** The operator API wraps every id into an object. */
function valueView(task: MesosTask) {
  const { id, name, framework_id, slave_id, state, statuses, labels } = taskView(task);
  return {
    task_id: { value: id },
    name,
    framework_id: { value: framework_id },
    agent_id: { value: slave_id },
    state,
    statuses: statuses.map((status) => ({ ...status, task_id: { value: id }, agent_id: { value: slave_id } })),
    labels: { labels },
  };
}

function agentsOf(context: Context) {
  return context.agents.map((agent) => {
    const { id, hostname, port, pid, active, version } = agentView(context, agent);
    return { agent_info: { id: { value: id }, hostname, port }, active, version, pid };
  });
}
