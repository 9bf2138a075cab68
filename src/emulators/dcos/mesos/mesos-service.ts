import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import { defineService, type Service } from '../service';
import { answerOperatorCall } from './operator-api';
import { agentView, masterState, stateSummary, taskView } from './state-view';

/** Every route of the leading Mesos master. What it serves below `/master` it serves without, too. */
export const mesosRoutes = [
  { method: 'GET', pattern: '/health', summary: 'Always well' },
  { method: 'GET', pattern: '/version', summary: 'Version' },
  { method: 'GET', pattern: '/state', summary: 'Agents, frameworks and their tasks, completed ones too' },
  { method: 'GET', pattern: '/master/state', summary: 'The same' },
  { method: 'GET', pattern: '/state-summary', summary: 'Agents and frameworks with counts of tasks' },
  { method: 'GET', pattern: '/master/state-summary', summary: 'The same' },
  { method: 'GET', pattern: '/slaves', summary: 'Agents; slave_id' },
  { method: 'GET', pattern: '/master/slaves', summary: 'The same' },
  { method: 'GET', pattern: '/frameworks', summary: 'Frameworks with their tasks' },
  { method: 'GET', pattern: '/master/frameworks', summary: 'The same' },
  { method: 'GET', pattern: '/tasks', summary: 'Tasks; task_id, framework_id, limit, offset, order' },
  { method: 'GET', pattern: '/master/tasks', summary: 'The same' },
  {
    method: 'POST',
    pattern: '/api/v1',
    summary: 'Operator API in JSON; GET_TASKS, GET_AGENTS, GET_VERSION, GET_HEALTH',
  },
] as const;

const defaultLimit = 100;

/** Creates the emulated Mesos master. Protobuf, which the operator API speaks as well, is refused with 415. */
export function createMesosService(context: Context): Service {
  const getState = () => ok(masterState(context));
  const getSummary = () => ok(stateSummary(context));
  const getAgents = (call: Call) => ok({ slaves: agentsOf(context, call), recovered_slaves: [] });
  const getFrameworks = () => ok({ frameworks: masterState(context).frameworks, completed_frameworks: [] });
  const getTasks = (call: Call) => listTasks(context, call);
  const service = defineService({
    prefix: '/mesos',
    routes: mesosRoutes,
    handlers: {
      'GET /health': () => ({ status: 200 }),
      'GET /version': () => ok({ version: '1.11.0' }),
      'GET /state': getState,
      'GET /master/state': getState,
      'GET /state-summary': getSummary,
      'GET /master/state-summary': getSummary,
      'GET /slaves': getAgents,
      'GET /master/slaves': getAgents,
      'GET /frameworks': getFrameworks,
      'GET /master/frameworks': getFrameworks,
      'GET /tasks': getTasks,
      'GET /master/tasks': getTasks,
      'POST /api/v1': ({ body }) => answerOperatorCall(context, body),
    },
    unknown: () => ({ status: 404, headers: { 'Content-Type': 'text/plain' }, body: '' }),
  });
  return {
    ...service,
    handle(request, clock) {
      const isProtobuf = request.headers['content-type']?.includes('protobuf') === true;
      // Before the body is looked at, since it is no JSON.
      if (isProtobuf) return { status: 415, headers: { 'Content-Type': 'text/plain' }, body: 'Only JSON is emulated' };
      return service.handle(request, clock);
    },
  };
}

function agentsOf(context: Context, { query }: Call) {
  const wanted = query.get('slave_id');
  const agents = context.agents.filter(({ id }) => wanted === null || id === wanted);
  return agents.map((agent) => agentView(context, agent));
}

function listTasks({ world }: Context, { query }: Call): Reply {
  const wanted = (name: string, value: string) => [null, '', value].includes(query.get(name));
  const tasks = world.mesosTasks.map(taskView).filter((task) => {
    return wanted('task_id', task.id) && wanted('framework_id', task.framework_id);
  });
  // Newest first, unless asked for otherwise.
  if (query.get('order') !== 'asc') tasks.reverse();
  const offset = Number(query.get('offset') ?? 0);
  return ok({ tasks: tasks.slice(offset, offset + Number(query.get('limit') ?? defaultLimit)) });
}
