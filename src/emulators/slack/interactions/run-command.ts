import { asObject } from '../json';
import type { InteractionContext, Outcome } from './context';
import { describeFailure, postLocalNotice } from './context';

/** A slash command as a person typed it in a channel. */
export type TypedCommand = {
  readonly user: string;
  readonly channel: string;
  /** With its slash. */
  readonly command: string;
  readonly text: string;
};

/**
 * Delivers a slash command and shows what the bot acknowledged it with. Commands outside the workspace's list (when it
 * has one) and bots that do not answer in time end in a notice that only this person sees.
 */
export async function runCommand(typed: TypedCommand, context: InteractionContext): Promise<Outcome> {
  const { workspace, triggers, responseUrls, deliver } = context;
  const { user, command } = typed;
  const channel = workspace.channelFor(user, typed.channel);
  const person = workspace.person(user);
  if (channel === undefined || person === undefined) return { ok: false, error: 'channel_not_found' };
  const isKnown = workspace.commands.length === 0 || workspace.commands.some((each) => each.command === command);
  if (!isKnown) {
    postLocalNotice(workspace, user, channel.id, `${command} is not a valid command.`);
    return { ok: false, error: 'unknown_command' };
  }
  const target = { user, channel: channel.id };
  const result = await deliver({
    kind: 'slash_commands',
    payload: {
      token: 'unused',
      team_id: workspace.team.id,
      team_domain: workspace.team.name,
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: user,
      user_name: person.name,
      command,
      text: typed.text.trim(),
      api_app_id: workspace.bot.appId,
      is_enterprise_install: 'false',
      response_url: responseUrls.issue(target),
      trigger_id: triggers.issue(user),
    },
  });
  if (!result.ok) {
    const error = describeFailure(result.error);
    postLocalNotice(workspace, user, channel.id, `${command} failed with the error "${error}".`);
    return { ok: false, error };
  }
  const answer = asObject(result.body) ?? (typeof result.body === 'string' ? { text: result.body } : undefined);
  const hasContent = answer?.text !== undefined || answer?.blocks !== undefined;
  const refusal = answer !== undefined && hasContent ? responseUrls.apply(target, answer) : undefined;
  return refusal === undefined ? { ok: true } : { ok: false, error: 'invalid_command_response' };
}
