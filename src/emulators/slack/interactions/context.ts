import type { Deliver } from '../deliveries/delivery';
import type { JsonObject } from '../json';
import type { ResponseUrls } from '../response-urls';
import type { Triggers } from '../triggers';
import type { Workspace } from '../workspace';

/** What an interaction of a person with the bot needs. */
export type InteractionContext = {
  readonly workspace: Workspace;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly deliver: Deliver;
};

/** What the person's client is told; `errors` are a modal's messages by block id. */
export type Outcome = {
  readonly ok: boolean;
  readonly error?: string;
  readonly errors?: JsonObject;
};

/** The fields that every interactive payload begins with. */
export function commonPayload({ workspace }: InteractionContext, userId: string): JsonObject {
  const name = workspace.person(userId)?.name ?? userId;
  return {
    user: { id: userId, username: name, name, team_id: workspace.team.id },
    team: { id: workspace.team.id, domain: workspace.team.name },
    api_app_id: workspace.bot.appId,
    token: 'unused',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** A message that the chat client itself shows to one person. */
export function postLocalNotice(workspace: Workspace, user: string, channel: string, text: string): void {
  workspace.post({ channel, user: workspace.bot.id, fromBot: true, text, blocks: [], ephemeralFor: user, local: true });
}

/** What Slack's clients call a failed delivery. */
export function describeFailure(error: 'http_timeout' | 'http_error' | 'connection_failed'): string {
  return error === 'http_timeout' ? 'operation_timeout' : 'dispatch_failed';
}
