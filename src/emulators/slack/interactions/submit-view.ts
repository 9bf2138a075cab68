import { validateView } from '../blocks/validate-view';
import type { JsonObject } from '../json';
import { asObject, asObjects, asText } from '../json';
import { findView, makeView, mostViews, replaceView, setViews, viewsOf } from '../views';
import type { InteractionContext, Outcome } from './context';
import { commonPayload, describeFailure } from './context';
import { missingInputs } from './missing-inputs';
import { readViewValues } from './view-values';

/** Submits the modal a person fills in and does what the bot's acknowledgement asks. */
export async function submitView(
  submission: { readonly user: string; readonly viewId: string; readonly values: JsonObject },
  context: InteractionContext,
): Promise<Outcome> {
  const { workspace, triggers } = context;
  const { user, viewId } = submission;
  const view = viewsOf(workspace, user).at(-1);
  if (view?.id !== viewId) return { ok: false, error: 'view_not_found' };
  const values = readViewValues(view, submission.values);
  const missing = missingInputs(asObjects(view.blocks), values);
  if (Object.keys(missing).length > 0) return { ok: false, errors: missing };
  const filled = { ...view, state: { values } };
  replaceView(workspace, user, filled);
  const result = await context.deliver({
    kind: 'interactive',
    payload: {
      type: 'view_submission',
      ...commonPayload(context, user),
      trigger_id: triggers.issue(user),
      view: filled,
      response_urls: [],
    },
  });
  if (result.ok) return applyResponse(context, user, filled, asObject(result.body) ?? {});
  const error = describeFailure(result.error);
  workspace.announce({ type: 'notice', user, text: `We had some trouble connecting (${error}). Try again?` });
  return { ok: false, error };
}

/** Closes the top modal as its X or Cancel does; the bot hears of it only when the view asked for that. */
export async function closeView(
  closing: { readonly user: string; readonly viewId: string },
  context: InteractionContext,
): Promise<Outcome> {
  const { workspace } = context;
  const { user, viewId } = closing;
  const view = viewsOf(workspace, user).at(-1);
  if (view?.id !== viewId) return { ok: false, error: 'view_not_found' };
  setViews(workspace, user, view.clear_on_close === true ? [] : viewsOf(workspace, user).slice(0, -1));
  if (view.notify_on_close === true) {
    const payload = {
      type: 'view_closed',
      ...commonPayload(context, user),
      view,
      is_cleared: view.clear_on_close === true,
    };
    await context.deliver({ kind: 'interactive', payload });
  }
  return { ok: true };
}

function applyResponse(context: InteractionContext, user: string, view: JsonObject, response: JsonObject): Outcome {
  const { workspace } = context;
  switch (response.response_action) {
    case undefined:
      return close(context, user, view);
    case 'clear':
      setViews(workspace, user, []);
      return { ok: true };
    case 'errors':
      return { ok: false, errors: asObject(response.errors) ?? {} };
    case 'update':
    case 'push':
      return show(context, user, view, response);
    default:
      return fail(context, user, `an unknown response_action: ${asText(response.response_action) ?? ''}`);
  }
}

/** The submitted modal closes, unless the bot changed it meanwhile through views.update: Slack closes it all the same. */
function close({ workspace }: InteractionContext, user: string, view: JsonObject): Outcome {
  setViews(
    workspace,
    user,
    viewsOf(workspace, user).filter((each) => each.id !== view.id),
  );
  return { ok: true };
}

function show(context: InteractionContext, user: string, view: JsonObject, response: JsonObject): Outcome {
  const { workspace } = context;
  const next = asObject(response.view) ?? {};
  const [problem] = validateView('modal', next);
  if (problem !== undefined) return fail(context, user, `an invalid view: ${problem.message} at ${problem.pointer}`);
  if (response.response_action === 'update') {
    const current = findView(workspace, (each) => each.id === view.id)?.view ?? view;
    replaceView(workspace, user, makeView(workspace, next, current));
    return { ok: true };
  }
  const stack = viewsOf(workspace, user);
  if (stack.length >= mostViews) return fail(context, user, 'a fourth view on top of three');
  setViews(workspace, user, [...stack, makeView(workspace, next, undefined, stack.at(-1))]);
  return { ok: true };
}

function fail({ workspace }: InteractionContext, user: string, what: string): Outcome {
  workspace.announce({ type: 'notice', user, text: `The app answered with ${what}.` });
  return { ok: false, error: 'invalid_response' };
}
