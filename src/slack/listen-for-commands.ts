import type { App, SlashCommand } from '@slack/bolt';
import { normalizeCommandText } from './normalize-command-text';
import { notStoredText, storeCommand, type CommandIntake } from './store-command';

/** The slash commands we answer to; `/cox <verb>` reaches every verb. Slack keeps `/status` for itself. */
export const slashCommands = ['/deploy', '/resize', '/rollback', '/cox', '/status'] as const;

/** What a slash command asks in our own words: `/deploy foo prod` is `deploy foo prod`, `/cox status` is `status`. */
export function slashCommandText(command: string, text: string): string {
  const words = normalizeCommandText(text);
  if (command === '/cox') return words === '' ? 'help' : words;
  return `${command.replace(/^\//, '')} ${words}`.trim();
}

const isOurs = (command: string): boolean => slashCommands.some((known) => known === command);

/** The workspace a payload belongs to; an organisation's id where Slack names no workspace. */
const teamOf = (command: SlashCommand): string => command.team_id || (command.enterprise_id ?? '');

/** Stores each slash command before Slack is told that it arrived; silence means that it is safe with us. */
export function listenForCommands(app: App, intake: CommandIntake): void {
  app.command(/.*/, async ({ command, ack }) => {
    if (!isOurs(command.command)) {
      await ack({ response_type: 'ephemeral', text: 'I do not know this command. `/cox help` lists what I know.' });
      return;
    }
    const isStored = await storeCommand(intake, {
      teamId: teamOf(command),
      id: command.trigger_id,
      source: {
        surface: 'slack',
        user: command.user_id,
        channel: command.channel_id,
        responseUrl: command.response_url,
      },
      request: { type: 'text', text: slashCommandText(command.command, command.text) },
    });
    if (isStored) await ack();
    else await ack({ response_type: 'ephemeral', text: notStoredText });
  });
}
