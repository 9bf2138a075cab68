import type { JsonObject } from '../json';
import { asObject, asObjects, asText } from '../json';
import type { StoredMessage } from '../message';
import { isVisibleTo } from '../message';
import { messageJson } from '../message-json';
import { findView, replaceView } from '../views';
import type { InteractionContext, Outcome } from './context';
import { commonPayload, describeFailure } from './context';
import type { Press } from './element-action';
import { describeAction, findElement, stateOf } from './element-action';

type Values = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** Delivers a press on a message's element; refused when this person cannot see it or it is gone. */
export async function clickMessage(
  click: Press & { readonly user: string; readonly channel: string; readonly ts: string; readonly values?: JsonObject },
  context: InteractionContext,
): Promise<Outcome> {
  const { workspace, triggers, responseUrls } = context;
  const { user, channel, ts } = click;
  const message = workspace.message(channel, ts);
  if (message === undefined || !isVisibleTo(user, workspace.dmOf(user), message))
    return { ok: false, error: 'message_not_found' };
  const element = findElement(message.blocks, click);
  if (element === undefined) return { ok: false, error: 'element_not_found' };
  const action = describeAction(element, click, workspace.nextTs());
  if (action === undefined) return { ok: false, error: 'option_not_found' };
  const state = remember(context, message, click, action);
  const isEphemeral = message.ephemeralFor !== undefined;
  const { threadTs } = message;
  const target = { user, channel, originalTs: ts, ...(threadTs === undefined ? {} : { threadTs }) };
  return send(context, user, {
    type: 'block_actions',
    ...commonPayload(context, user),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: isEphemeral,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    trigger_id: triggers.issue(user),
    channel: { id: channel, name: workspace.channel(channel)?.name ?? channel },
    // Slack sends no message along when it is ephemeral.
    ...(isEphemeral ? {} : { message: messageJson(workspace, message) }),
    state: { values: { ...state, ...click.values } },
    response_url: responseUrls.issue(target),
    actions: [action],
  });
}

/** Delivers a press on an element of a modal or the Home tab. */
export async function clickView(
  click: Press & { readonly user: string; readonly viewId: string; readonly values?: JsonObject },
  context: InteractionContext,
): Promise<Outcome> {
  const { workspace, triggers } = context;
  const { user, viewId } = click;
  const home = workspace.homes.get(user);
  const found = findView(workspace, (each) => each.id === viewId);
  const view = home?.id === viewId ? home : found?.user === user ? found.view : undefined;
  if (view === undefined) return { ok: false, error: 'view_not_found' };
  const element = findElement(asObjects(view.blocks), click);
  if (element === undefined) return { ok: false, error: 'element_not_found' };
  const action = describeAction(element, click, workspace.nextTs());
  if (action === undefined) return { ok: false, error: 'option_not_found' };
  const kept = stateOf(action);
  const values: Values = {
    ...((asObject(asObject(view.state)?.values) ?? {}) as Values),
    ...(click.values as Values | undefined),
    ...(kept === undefined ? {} : { [click.blockId]: { [click.actionId]: kept } }),
  };
  const now = { ...view, state: { values } };
  if (view === home) workspace.homes.set(user, now);
  else replaceView(workspace, user, now);
  return send(context, user, {
    type: 'block_actions',
    ...commonPayload(context, user),
    container: { type: 'view', view_id: viewId },
    trigger_id: triggers.issue(user),
    view: now,
    state: { values },
    actions: [action],
  });
}

function remember(context: InteractionContext, message: StoredMessage, press: Press, action: JsonObject): Values {
  const kept = stateOf(action);
  const before = message.state ?? {};
  if (kept === undefined) return before;
  const block = { ...before[press.blockId], [asText(action.action_id) ?? press.actionId]: kept };
  const state = { ...before, [press.blockId]: block };
  context.workspace.change({ ...message, state });
  return state;
}

async function send(context: InteractionContext, user: string, payload: JsonObject): Promise<Outcome> {
  const result = await context.deliver({ kind: 'interactive', payload });
  if (result.ok) return { ok: true };
  const error = describeFailure(result.error);
  context.workspace.announce({ type: 'notice', user, text: `The app did not respond (${error}). Try again.` });
  return { ok: false, error };
}
