import { z } from 'zod';
import { commandKind } from '../engine/document-kinds';
import type { Command } from '../model/command';
import { ApiError } from './api-error';
import type { ApiContext, ApiRequest, ApiRoute } from './api-route';
import { choiceRequest, findChoice, saidWith } from './choice-request';
import { createCommand } from './create-command';
import { longPoll, waitMsOf } from './long-poll';
import { parseBody } from './parse-body';

const textRequest = z.object({ text: z.string().trim().min(1, 'must hold the words of a command').max(4000) });

/** A command of the caller's own; others' are as good as absent. */
async function readCommand(context: ApiContext, request: ApiRequest): Promise<Command> {
  const found = await context.store.get(commandKind, request.id);
  const isTheirs = found?.document.source.user === request.user && found.document.teamId === context.teamId;
  if (found === undefined || !isTheirs) {
    throw new ApiError(404, 'NOT_FOUND', `You have no command ${request.id}. Send it again with POST /api/commands.`);
  }
  return found.document;
}

const answerOf = ({ id, state, reply, executionId }: Command) => ({
  id,
  state,
  ...(reply === undefined ? {} : { reply }),
  ...(executionId === undefined ? {} : { executionId }),
});

/** Sending words, reading the answer, and choosing among what the answer offers. */
export const commandRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/api/commands',
    handle: (context, request) => {
      const { text } = parseBody(textRequest, request.body);
      return createCommand(context, request.user, { type: 'text', text });
    },
  },
  {
    method: 'GET',
    path: '/api/commands/:id',
    handle: async (context, request) => {
      const command = await longPoll({
        clock: context.clock,
        waitMs: waitMsOf(request.query),
        signal: request.signal,
        read: () => readCommand(context, request),
        isReady: ({ state }) => state === 'answered',
      });
      return answerOf(command);
    },
  },
  {
    method: 'POST',
    path: '/api/commands/:id/choices',
    handle: async (context, request) => {
      const wanted = parseBody(choiceRequest, request.body);
      const command = await readCommand(context, request);
      const { name, target } = findChoice(command.reply, wanted);
      return createCommand(context, request.user, { type: 'choice', name, target, ...saidWith(wanted) });
    },
  },
];
