import { executionKind } from '../engine/document-kinds';
import type { Versioned } from '../engine/ports/document-store';
import type { Execution } from '../model/execution';
import { isComplete } from '../model/status';
import { ApiError } from './api-error';
import type { ApiContext, ApiRequest, ApiRoute } from './api-route';
import { choiceRequest, saidWith } from './choice-request';
import { createCommand } from './create-command';
import { executionChoice } from './execution-choice';
import { longPoll, waitMsOf, wholeNumber } from './long-poll';
import { parseBody } from './parse-body';

async function readExecution(context: ApiContext, request: ApiRequest): Promise<Versioned<Execution>> {
  const found = await context.store.get(executionKind, request.id);
  if (found?.document.teamId !== context.teamId) {
    throw new ApiError(404, 'NOT_FOUND', `There is no execution ${request.id}. \`status\` lists those that run.`);
  }
  return found;
}

/** Watching an execution and choosing what happens to it. */
export const executionRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/executions/:id',
    handle: async (context, request) => {
      const since = wholeNumber(request.query, 'since') ?? 0;
      const { id, version, document } = await longPoll({
        clock: context.clock,
        waitMs: waitMsOf(request.query),
        signal: request.signal,
        read: () => readExecution(context, request),
        isReady: (found) => found.version > since || isComplete(found.document.status),
      });
      return { id, version, status: document.status, view: context.renderExecution(document) };
    },
  },
  {
    method: 'POST',
    path: '/api/executions/:id/choices',
    handle: async (context, request) => {
      const wanted = parseBody(choiceRequest, request.body);
      const { document } = await readExecution(context, request);
      const target = executionChoice(document, context.renderExecution(document), wanted);
      return createCommand(context, request.user, { type: 'choice', name: wanted.name, target, ...saidWith(wanted) });
    },
  },
];
