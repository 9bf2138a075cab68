import { isLost } from '../is-lost';
import type { Context } from '../context';
import { type Call, ok, type Reply } from '../exchange';
import { htmlPage } from '../html-page';
import { defineService, type Handler, type Service } from '../service';
import { browseFolder, downloadFile, listAttached, readFile } from './sandbox-handlers';
import { agentState } from './state-view';

/** Every route of an agent. */
export const agentRoutes = [
  { method: 'GET', pattern: '/{agentId}/state', summary: 'Executors with the folders of their sandboxes' },
  { method: 'GET', pattern: '/{agentId}/slave(1)/state', summary: 'The same' },
  { method: 'GET', pattern: '/{agentId}/files/read', summary: 'Part of a file, by bytes; path, offset, length' },
  { method: 'GET', pattern: '/{agentId}/files/browse', summary: 'A folder; path' },
  { method: 'GET', pattern: '/{agentId}/files/download', summary: 'A whole file as it is; path' },
  { method: 'GET', pattern: '/{agentId}/files/debug', summary: 'The folders of all sandboxes' },
] as const;

/** Creates the agents, which Admin Router reaches by their ids, unless they are lost. */
export function createAgentService(context: Context): Service {
  const unknown = () => htmlPage(404, '404 Not Found');
  const onAgent =
    (answer: (call: Call) => Reply): Handler =>
    (call) =>
      context.agents.some((agent) => agent.id === call.parameters.agentId && !isLost(context, agent))
        ? answer(call)
        : unknown();
  const getState = onAgent(({ parameters }) => {
    const agent = context.agents.find(({ id }) => id === parameters.agentId);
    return agent === undefined ? unknown() : ok(agentState(context, agent));
  });
  return defineService({
    prefix: '/agent',
    routes: agentRoutes,
    handlers: {
      'GET /{agentId}/state': getState,
      'GET /{agentId}/slave(1)/state': getState,
      'GET /{agentId}/files/read': onAgent((call) => readFile(context, call)),
      'GET /{agentId}/files/browse': onAgent((call) => browseFolder(context, call)),
      'GET /{agentId}/files/download': onAgent((call) => downloadFile(context, call)),
      'GET /{agentId}/files/debug': onAgent((call) => listAttached(context, call)),
    },
    unknown,
  });
}
