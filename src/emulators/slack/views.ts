import { createHash } from 'node:crypto';
import type { JsonObject } from './json';
import { asObject, asObjects, asText } from './json';
import type { Workspace } from './workspace';

/** How many modals may lie on each other. */
export const mostViews = 3;

/** A view as Slack keeps it, made from what the bot sent; `previous` gives the identity that an update keeps. */
export function makeView(
  workspace: Workspace,
  view: JsonObject,
  previous?: JsonObject,
  below?: JsonObject,
): JsonObject {
  const id = asText(previous?.id) ?? workspace.nextId('V');
  const blocks = workspace.withIds(asObjects(view.blocks));
  const content = {
    type: view.type,
    title: view.title ?? null,
    submit: view.submit ?? null,
    close: view.close ?? null,
    blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    external_id: view.external_id ?? '',
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    state: { values: keptValues(previous, blocks) },
  };
  const stamp = `${workspace.nextId('')}${JSON.stringify(content)}`;
  return {
    id,
    team_id: workspace.team.id,
    app_id: workspace.bot.appId,
    app_installed_team_id: workspace.team.id,
    bot_id: workspace.bot.botId,
    ...content,
    hash: createHash('sha256').update(stamp).digest('hex').slice(0, 16),
    previous_view_id: previous === undefined ? (below?.id ?? null) : previous.previous_view_id,
    root_view_id: previous?.root_view_id ?? below?.root_view_id ?? id,
  };
}

/** What was typed into inputs that keep their ids survives an update, as in Slack. */
function keptValues(previous: JsonObject | undefined, blocks: readonly JsonObject[]): JsonObject {
  const values = asObject(asObject(previous?.state)?.values) ?? {};
  const ids = new Set(blocks.map((block) => block.block_id));
  return Object.fromEntries(Object.entries(values).filter(([block]) => ids.has(block)));
}

/** The modals a person has open, the one on top last. */
export function viewsOf(workspace: Workspace, user: string): readonly JsonObject[] {
  return workspace.views.get(user) ?? [];
}

/** Replaces a person's stack of modals and announces the one now on top. */
export function setViews(workspace: Workspace, user: string, views: readonly JsonObject[]): void {
  if (views.length === 0) workspace.views.delete(user);
  else workspace.views.set(user, views);
  workspace.announce({ type: 'view', user, view: views.at(-1) });
}

/** Puts a new version of an open modal in its place. */
export function replaceView(workspace: Workspace, user: string, view: JsonObject): void {
  const views = viewsOf(workspace, user);
  setViews(
    workspace,
    user,
    views.map((each) => (each.id === view.id ? view : each)),
  );
}

/** An open modal and whose it is, by the modal's id or its external id. */
export function findView(
  workspace: Workspace,
  isWanted: (view: JsonObject) => boolean,
): { readonly user: string; readonly view: JsonObject } | undefined {
  for (const [user, views] of workspace.views) {
    const view = views.find(isWanted);
    if (view !== undefined) return { user, view };
  }
  return undefined;
}
