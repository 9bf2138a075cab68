import { isLost } from '../is-lost';
import { resourcesOf } from '../agent-usage';
import type { Agent, Context } from '../context';
import { frameworkIdOf, frameworks } from './frameworks';
import { isCompleted, type MesosResources, type MesosStatus, type MesosTask, stateOf } from './mesos-task';
import { sandboxFolderOf } from './sandbox-path';

/** The port at which agents answer. */
const agentPort = 5051;

/** A task as the master's and the agents' JSON shows it. */
export function taskView(task: MesosTask) {
  return {
    id: task.id,
    name: task.name,
    framework_id: frameworkIdOf(task.framework),
    // A command task has no executor of its own; its id is that of the task.
    executor_id: '',
    slave_id: task.agentId,
    state: stateOf(task),
    resources: resourcesView(task.resources),
    role: task.role,
    statuses: task.statuses.map((status) => statusView(task, status)),
    labels: Object.entries(task.labels).map(([key, value]) => ({ key, value })),
  };
}

/** The state of the master: agents, and frameworks with their present and former tasks. */
export function masterState(context: Context) {
  const lost = context.agents.filter((agent) => isLost(context, agent)).length;
  return {
    version: '1.11.0',
    id: 'emulated-0000-0000-0000-000000000000',
    pid: 'master@127.0.0.1:5050',
    hostname: '127.0.0.1',
    leader: 'master@127.0.0.1:5050',
    cluster: 'emulated',
    activated_slaves: context.agents.length - lost,
    deactivated_slaves: lost,
    slaves: context.agents.map((agent) => agentView(context, agent)),
    frameworks: frameworks.map(({ name }) => frameworkView(context, name)),
    completed_frameworks: [],
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

/** The master's state without tasks. */
export function stateSummary(context: Context) {
  const { cluster, hostname, slaves } = masterState(context);
  const summaries = frameworks.map(({ id, name }) => {
    const tasks = context.world.mesosTasks.filter((task) => task.framework === name);
    const count = (state: string) => tasks.filter((task) => stateOf(task) === state).length;
    const states = ['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'FINISHED', 'KILLED', 'FAILED', 'LOST'];
    const counts = Object.fromEntries(states.map((state) => [`TASK_${state}`, count(`TASK_${state}`)]));
    const slaveIds = [...new Set(tasks.filter((task) => !isCompleted(task)).map(({ agentId }) => agentId))];
    return { id, name, active: true, connected: true, slave_ids: slaveIds, ...counts };
  });
  return { cluster, hostname, slaves, frameworks: summaries };
}

/** An agent with what it has and what is used of it. */
export function agentView(context: Context, agent: Agent) {
  const tasks = context.world.mesosTasks.filter((task) => task.agentId === agent.id && !isCompleted(task));
  const { attributes = {} } = agent;
  return {
    id: agent.id,
    hostname: agent.hostname,
    port: agentPort,
    pid: `slave(1)@${agent.hostname}:${agentPort}`,
    active: !isLost(context, agent),
    version: '1.11.0',
    attributes,
    resources: { ...resourcesOf(agent), ports: '[31000-32000]' },
    used_resources: resourcesView(sumOf(tasks.map(({ resources }) => resources))),
  };
}

/** The state of one agent, from which the folders of sandboxes are learnt. */
export function agentState(context: Context, agent: Agent) {
  const { id, hostname, pid, version, resources, attributes } = agentView(context, agent);
  const tasks = context.world.mesosTasks.filter((task) => task.agentId === id);
  return {
    ...{ id, hostname, pid, version, resources, attributes },
    frameworks: frameworks.map((framework) => {
      const own = tasks.filter((task) => task.framework === framework.name);
      return {
        ...framework,
        executors: own.filter((task) => !isCompleted(task)).map(executorView),
        completed_executors: own.filter(isCompleted).map(executorView),
      };
    }),
    completed_frameworks: [],
  };
}

function frameworkView({ world }: Context, name: 'marathon' | 'metronome') {
  const tasks = world.mesosTasks.filter((task) => task.framework === name);
  return {
    id: frameworkIdOf(name),
    name,
    active: true,
    connected: true,
    hostname: '127.0.0.1',
    tasks: tasks.filter((task) => !isCompleted(task) && !isUnreachable(task)).map(taskView),
    unreachable_tasks: tasks.filter(isUnreachable).map(taskView),
    completed_tasks: tasks.filter(isCompleted).map(taskView),
  };
}

function isUnreachable(task: MesosTask): boolean {
  return stateOf(task) === 'TASK_UNREACHABLE';
}

function executorView(task: MesosTask) {
  const view = taskView(task);
  return {
    id: task.id,
    name: `Command Executor (Task: ${task.id})`,
    source: task.id,
    container: task.containerId,
    directory: sandboxFolderOf(task),
    tasks: isCompleted(task) ? [] : [view],
    completed_tasks: isCompleted(task) ? [view] : [],
    queued_tasks: [],
  };
}

function statusView({ containerId, host }: MesosTask, { state, timestamp, message, reason }: MesosStatus) {
  return {
    state,
    timestamp,
    ...(message === '' ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    container_status: {
      container_id: { value: containerId },
      network_infos: [{ ip_addresses: [{ ip_address: host, protocol: 'IPv4' }] }],
    },
  };
}

function resourcesView({ ports, ...amounts }: MesosResources) {
  const ranges = ports.map((port) => `${port}-${port}`).join(', ');
  return { ...amounts, ...(ports.length === 0 ? {} : { ports: `[${ranges}]` }) };
}

function sumOf(all: readonly MesosResources[]): MesosResources {
  const sum = (field: 'cpus' | 'mem' | 'disk' | 'gpus') => all.reduce((total, each) => total + each[field], 0);
  const ports = all.flatMap((each) => each.ports);
  return { cpus: sum('cpus'), mem: sum('mem'), disk: sum('disk'), gpus: sum('gpus'), ports };
}
