import type { App, BlockAction, ButtonAction, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { parseButtonValue, parseChoiceForm, type ChoiceForm } from './button-value';
import { answerField, choiceFormId, choiceModal, pickField } from './choice-modal';
import type { RefusedRequest } from '../policy/audit/refused-requests';
import { slackTimeoutMs } from './web-clients';
import { notStoredText, storeCommand, type CommandIntake } from './store-command';

/** What choices need beside the intake: a client to open forms with, at once. */
export type ChoiceIntake = CommandIntake & {
  readonly client: WebClient;
  /** Told of buttons and forms that are none of ours, any more or at all. */
  readonly onRefused?: (refused: RefusedRequest) => void;
};

const staleButtonText = 'I do not understand this button any more; nothing was started. Please ask again.';
const formFailedText = 'I could not open the form, so nothing was started. Please press the button again.';

/** What people press that we cannot read: of an older version of ours, or changed by somebody. */
const staleOf = (what: string, user: string, channel: string): RefusedRequest => ({
  action: 'staleButton',
  user,
  what,
  why: 'It says nothing that can be read: it is too old, or it was changed.',
  from: { surface: 'slack', channel },
});

const teamOf = (body: BlockAction | ViewSubmitAction): string => body.team?.id ?? body.user.team_id ?? '';
const channelOf = (body: BlockAction): string => {
  const inContainer: unknown = body.container.channel_id;
  return body.channel?.id ?? (typeof inContainer === 'string' ? inContainer : '');
};
/** Payloads made in a view have none, whatever the types say. */
const responseUrlOf = (body: BlockAction): { readonly responseUrl?: string } => {
  const url: unknown = body.response_url;
  return typeof url === 'string' && url !== '' ? { responseUrl: url } : {};
};

/** The message that the button stands in. */
const messageOf = (body: BlockAction): { readonly message?: string } => {
  const stamp: unknown = body.container.message_ts;
  return typeof stamp === 'string' && stamp !== '' ? { message: stamp } : {};
};

/** Whether only the one who clicked sees the message; those who do not say so are everybody's. */
const onPrivateMessage = (body: BlockAction): { readonly onPrivateMessage?: true } =>
  body.container.is_ephemeral === true ? { onPrivateMessage: true } : {};

/** Tells the one who clicked; best effort, as nothing depends on it. */
async function tell(intake: ChoiceIntake, body: BlockAction, text: string): Promise<void> {
  const { responseUrl } = responseUrlOf(body);
  if (responseUrl === undefined) return;
  try {
    await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
      signal: AbortSignal.timeout(slackTimeoutMs),
    });
  } catch (error) {
    intake.logger.warn({ error: String(error) }, 'A person could not be told about a failed click');
  }
}

async function openForm(intake: ChoiceIntake, body: BlockAction, action: ButtonAction): Promise<void> {
  const value = parseButtonValue(action.value ?? '');
  if (value?.q === undefined) return;
  const { responseUrl } = responseUrlOf(body);
  const form: ChoiceForm = {
    n: value.n,
    t: value.t,
    c: channelOf(body),
    ...(responseUrl === undefined ? {} : { r: responseUrl }),
    ...(onPrivateMessage(body).onPrivateMessage === true ? { p: true } : {}),
    ...(messageOf(body).message === undefined ? {} : { m: messageOf(body).message }),
  };
  try {
    await intake.client.views.open({ trigger_id: body.trigger_id, view: choiceModal(value.q, form) });
  } catch (error) {
    intake.logger.warn({ error: String(error) }, 'A form could not be opened');
    await tell(intake, body, formFailedText);
  }
}

async function storeChoice(intake: ChoiceIntake, body: BlockAction, action: ButtonAction): Promise<void> {
  const value = parseButtonValue(action.value ?? '');
  if (value === undefined) {
    intake.onRefused?.(staleOf('A button', body.user.id, channelOf(body)));
    await tell(intake, body, staleButtonText);
    return;
  }
  const isStored = await storeCommand(intake, {
    teamId: teamOf(body),
    id: body.trigger_id,
    source: {
      surface: 'slack',
      user: body.user.id,
      channel: channelOf(body),
      ...messageOf(body),
      ...responseUrlOf(body),
      ...onPrivateMessage(body),
    },
    request: { type: 'choice', name: value.n, target: value.t },
  });
  if (!isStored) await tell(intake, body, notStoredText);
}

/**
 * Buttons: a choice becomes a command, stored before the click is acknowledged; one that asks a question opens its form
 * first. Everything else that Slack sends (link buttons, menus) is acknowledged and left alone.
 */
export function listenForChoices(app: App, intake: ChoiceIntake): void {
  app.action<BlockAction>(/.*/, async ({ body, action, ack }) => {
    const isChoice = action.type === 'button' && action.action_id.startsWith('choice:');
    if (!isChoice) return ack();
    if (parseButtonValue(action.value ?? '')?.q === undefined) {
      await storeChoice(intake, body, action);
      return ack();
    }
    // The trigger dies after three seconds: the form comes before everything, and needs nothing durable.
    const opening = openForm(intake, body, action);
    await ack();
    await opening;
  });
  app.view<ViewSubmitAction>(choiceFormId, async ({ body, view, ack }) => {
    const form = parseChoiceForm(view.private_metadata);
    const answer = givenIn(view, answerField);
    const picked = givenIn(view, pickField);
    if (form === undefined) intake.onRefused?.(staleOf('A form', body.user.id, ''));
    const isStored = form !== undefined && (await storeAnswer(intake, body, { form, answer, picked }));
    if (isStored) return ack();
    return ack({ response_action: 'errors', errors: { [answerField.block]: form ? notStoredText : staleButtonText } });
  });
}

/** What was typed or picked in a field of a form; empty where it has no such field. */
function givenIn(
  { state }: ViewOutput,
  { block, action }: { readonly block: string; readonly action: string },
): string {
  const given = state.values[block]?.[action];
  return (given?.selected_option?.value ?? given?.value ?? '').trim();
}

async function storeAnswer(
  intake: ChoiceIntake,
  body: ViewSubmitAction,
  { form, answer, picked }: { readonly form: ChoiceForm; readonly answer: string; readonly picked: string },
): Promise<boolean> {
  return storeCommand(intake, {
    teamId: teamOf(body),
    id: body.trigger_id,
    source: {
      surface: 'slack',
      user: body.user.id,
      channel: form.c,
      ...(form.r === undefined ? {} : { responseUrl: form.r }),
      ...(form.p === true ? { onPrivateMessage: true } : {}),
      ...(form.m === undefined ? {} : { message: form.m }),
    },
    request: {
      type: 'choice',
      name: form.n,
      target: form.t,
      ...(answer === '' ? {} : { answer }),
      ...(picked === '' ? {} : { picked }),
    },
  });
}
