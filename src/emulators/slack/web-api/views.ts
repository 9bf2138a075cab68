import { validateView } from '../blocks/validate-view';
import type { JsonObject } from '../json';
import { asFilledText, asObject } from '../json';
import { findView, makeView, mostViews, replaceView, setViews, viewsOf } from '../views';
import type { Method, MethodContext } from './method';
import { refuse, refuseBlocks } from './method';

const mostBytes = 250_000;

/** Slack's refusal of a view, or undefined when it is fine. */
function refuseView(surface: 'modal' | 'home', view: unknown): JsonObject | undefined {
  if (asObject(view) === undefined) return refuse('invalid_arguments');
  if (Buffer.byteLength(JSON.stringify(view)) > mostBytes) return refuse('view_too_large');
  return refuseBlocks(validateView(surface, view), 'invalid_arguments');
}

function exchange(args: JsonObject, context: MethodContext): { user: string } | { refusal: JsonObject } {
  const refusal = refuseView('modal', args.view);
  if (refusal !== undefined) return { refusal };
  const trigger = context.triggers.exchange(asFilledText(args.trigger_id) ?? '');
  return 'error' in trigger ? { refusal: refuse(trigger.error) } : { user: trigger.user };
}

const open: Method = (args, context) => {
  const exchanged = exchange(args, context);
  if ('refusal' in exchanged) return exchanged.refusal;
  const view = makeView(context.workspace, asObject(args.view) ?? {});
  setViews(context.workspace, exchanged.user, [view]);
  return { ok: true, view };
};

const push: Method = (args, context) => {
  const exchanged = exchange(args, context);
  if ('refusal' in exchanged) return exchanged.refusal;
  const stack = viewsOf(context.workspace, exchanged.user);
  if (stack.length === 0) return refuse('not_found');
  if (stack.length >= mostViews) return refuse('push_limit_reached');
  const view = makeView(context.workspace, asObject(args.view) ?? {}, undefined, stack.at(-1));
  setViews(context.workspace, exchanged.user, [...stack, view]);
  return { ok: true, view };
};

const update: Method = (args, { workspace }) => {
  const refusal = refuseView('modal', args.view);
  if (refusal !== undefined) return refusal;
  const [id, externalId] = [asFilledText(args.view_id), asFilledText(args.external_id)];
  const found = findView(workspace, (view) => (id === undefined ? view.external_id === externalId : view.id === id));
  if (found === undefined || (id ?? externalId) === undefined) return refuse('not_found');
  const hash = asFilledText(args.hash);
  if (hash !== undefined && hash !== found.view.hash) return refuse('hash_conflict');
  const view = makeView(workspace, asObject(args.view) ?? {}, found.view);
  replaceView(workspace, found.user, view);
  return { ok: true, view };
};

const publish: Method = (args, { workspace }) => {
  const refusal = refuseView('home', args.view);
  if (refusal !== undefined) return refusal;
  const user = asFilledText(args.user_id) ?? '';
  if (workspace.person(user) === undefined) return refuse('user_not_found');
  const previous = workspace.homes.get(user);
  const hash = asFilledText(args.hash);
  if (hash !== undefined && hash !== previous?.hash) return refuse('hash_conflict');
  const view = makeView(workspace, asObject(args.view) ?? {}, previous);
  workspace.homes.set(user, view);
  workspace.announce({ type: 'home', user, view });
  return { ok: true, view };
};

/** The views.* methods. */
export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
