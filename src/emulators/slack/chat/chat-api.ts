import type { EmulatorReply, EmulatorRequest } from '../http-exchange';
import { jsonReply } from '../http-exchange';
import { clickMessage, clickView } from '../interactions/click';
import type { InteractionContext, Outcome } from '../interactions/context';
import type { Press } from '../interactions/element-action';
import { sendHomeOpened } from '../interactions/events';
import { runCommand } from '../interactions/run-command';
import { say } from '../interactions/say';
import { closeView, submitView } from '../interactions/submit-view';
import type { JsonObject } from '../json';
import { asFilledText, asObject, asText, parseJson } from '../json';
import { chatState } from './chat-message';

/** What the chat page's API needs beside the interactions. */
export type ChatContext = InteractionContext & { readonly isBotOnline: () => boolean };

type Body = JsonObject & { readonly user: string };
type Act = (body: Body, context: ChatContext) => Promise<Outcome>;

const textOf = (body: JsonObject, field: string) => asText(body[field]) ?? '';

function pressOf(body: JsonObject): Press {
  const [value, option] = [asText(body.value), body.selectedOption];
  const selectedOption = asObject(option) ?? asFilledText(option);
  return {
    actionId: textOf(body, 'actionId'),
    blockId: textOf(body, 'blockId'),
    ...(value === undefined ? {} : { value }),
    ...(selectedOption === undefined ? {} : { selectedOption }),
  };
}

function valuesOf(body: JsonObject): { readonly values?: JsonObject } {
  const values = asObject(body.values);
  return values === undefined ? {} : { values };
}

function pressInView(body: Body, context: ChatContext): Promise<Outcome> {
  return clickView({ user: body.user, viewId: textOf(body, 'viewId'), ...pressOf(body), ...valuesOf(body) }, context);
}

const acts: Readonly<Record<string, Act>> = {
  message: (body, context) => {
    const threadTs = asFilledText(body.threadTs);
    const typed = { user: body.user, channel: textOf(body, 'channel'), text: textOf(body, 'text') };
    return say(threadTs === undefined ? typed : { ...typed, threadTs }, context);
  },
  command: (body, context) => {
    const command = textOf(body, 'command').replace(/^\/?/, '/');
    const typed = { user: body.user, channel: textOf(body, 'channel'), command, text: textOf(body, 'text') };
    return runCommand(typed, context);
  },
  click: (body, context) => {
    if (asFilledText(body.viewId) !== undefined) return pressInView(body, context);
    const where = { user: body.user, channel: textOf(body, 'channel'), ts: textOf(body, 'ts') };
    return clickMessage({ ...where, ...pressOf(body), ...valuesOf(body) }, context);
  },
  'view/click': pressInView,
  'view/submit': (body, context) =>
    submitView({ user: body.user, viewId: textOf(body, 'viewId'), values: asObject(body.values) ?? {} }, context),
  'view/close': (body, context) => closeView({ user: body.user, viewId: textOf(body, 'viewId') }, context),
  home: (body, context) => {
    void sendHomeOpened(body.user, context);
    return Promise.resolve({ ok: true });
  },
};

/** The paths below /chat/api/ that are posted to. */
export const chatActs: readonly string[] = Object.keys(acts);

/** Answers /chat/api/<name>: `state` by GET, everything a person does by POST. Live events are the HTTP shell's. */
export async function handleChat(name: string, request: EmulatorRequest, context: ChatContext): Promise<EmulatorReply> {
  const { workspace } = context;
  if (name === 'state' && request.method === 'GET') {
    const user = request.query.get('user') ?? workspace.users[0]?.id ?? '';
    if (workspace.person(user) === undefined) return jsonReply({ ok: false, error: 'user_not_found' }, 404);
    return jsonReply(chatState(workspace, user, context.isBotOnline()));
  }
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (act === undefined) return jsonReply({ ok: false, error: 'not_found' }, 404);
  if (request.method !== 'POST') return jsonReply({ ok: false, error: 'method_not_allowed' }, 405);
  const body = asObject(parseJson(request.body)) ?? {};
  const user = asFilledText(body.user);
  if (user === undefined || workspace.person(user) === undefined)
    return jsonReply({ ok: false, error: 'user_not_found' }, 400);
  return jsonReply({ ...(await act({ ...body, user }, context)) });
}
