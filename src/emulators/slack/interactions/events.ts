import type { JsonObject } from '../json';
import type { StoredMessage } from '../message';
import type { Delivery } from '../deliveries/delivery';
import type { InteractionContext } from './context';

/** Slack tries three times more: at once, after a minute, after five. */
const retryDelaysMs = [0, 60_000, 300_000];

/** Sends an event, repeating it as Slack does until the bot answers with success or asks for no more. */
export async function sendEvent(event: JsonObject, context: InteractionContext): Promise<void> {
  const { workspace } = context;
  await attempt(
    {
      kind: 'events_api',
      payload: {
        token: 'unused',
        team_id: workspace.team.id,
        api_app_id: workspace.bot.appId,
        event,
        type: 'event_callback',
        event_id: workspace.nextId('Ev'),
        event_time: Math.floor(workspace.clock.now() / 1000),
        authorizations: [
          {
            enterprise_id: null,
            team_id: workspace.team.id,
            user_id: workspace.bot.id,
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: false,
      },
    },
    context,
  );
}

async function attempt(delivery: Delivery, context: InteractionContext): Promise<void> {
  const result = await context.deliver(delivery);
  if (result.ok || result.stopRetrying === true) return;
  const number = (delivery.retry?.number ?? 0) + 1;
  const delayMs = retryDelaysMs[number - 1];
  if (delayMs === undefined) return;
  context.workspace.clock.after(delayMs, () => {
    void attempt({ ...delivery, retry: { number, reason: result.error } }, context);
  });
}

/** Tells the bot of a person's message where Slack would: a mention in a channel, anything in direct messages. */
export async function sendMessageEvents(message: StoredMessage, context: InteractionContext): Promise<void> {
  const { workspace } = context;
  const isDirect = workspace.dmOwner(message.channel) !== undefined;
  const isMention = message.text.includes(`<@${workspace.bot.id}>`);
  if (!isDirect && !isMention) return;
  const { ts, user, text, channel, threadTs } = message;
  await sendEvent(
    {
      type: isDirect ? 'message' : 'app_mention',
      user,
      text,
      ts,
      channel,
      event_ts: ts,
      team: workspace.team.id,
      ...(isDirect ? { channel_type: 'im' } : {}),
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    context,
  );
}

/** Tells the bot that a person opened its Home tab. */
export async function sendHomeOpened(user: string, context: InteractionContext): Promise<void> {
  const { workspace } = context;
  const view = workspace.homes.get(user);
  await sendEvent(
    {
      type: 'app_home_opened',
      user,
      channel: workspace.dmOf(user),
      tab: 'home',
      event_ts: workspace.nextTs(),
      ...(view === undefined ? {} : { view }),
    },
    context,
  );
}
