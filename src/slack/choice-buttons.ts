import type { ActionsBlock, Button } from '@slack/types';
import type { Choice, ChoiceQuestion, ChoiceTarget } from '../model/view';
import { clip, cleanText } from './clip';

/** What a button carries back to us, short because Slack allows 2,000 characters. */
export type ButtonValue = { readonly n: string; readonly t: ChoiceTarget; readonly q?: ChoiceQuestion };

const maxValue = 2000;
const maxButtons = 25;

/** What a menu of Slack's takes. */
const maxOptions = 100;
const maxOption = 75;

/** Text that Slack shows as it is; never empty, which Slack refuses. */
const plain = (text: string, limit: number) => {
  const shown = clip(text.trim(), limit);
  return { type: 'plain_text' as const, text: shown === '' ? '–' : shown, emoji: false };
};

/** A question cut to what a form can show, so that a long one costs words and not the button. */
const shortQuestion = (question: ChoiceQuestion): ChoiceQuestion => ({
  title: clip(question.title, 24),
  label: clip(question.label, 300),
  ...(question.placeholder === undefined ? {} : { placeholder: clip(question.placeholder, 150) }),
  submit: clip(question.submit, 24),
  required: question.required,
  ...(question.picks === undefined ? {} : { picks: { label: clip(question.picks.label, 300) } }),
});

const fitsIntoMenu = (options: readonly string[]): boolean =>
  options.length > 0 &&
  options.length <= maxOptions &&
  options.every((option) => option.trim() !== '' && option.length <= maxOption && cleanText(option) === option);

/** A question with those of its options that a menu can show. */
function withMenus(question: ChoiceQuestion, { options = [], picks }: ChoiceQuestion): ChoiceQuestion {
  const { options: picked = [] } = picks ?? {};
  return {
    ...question,
    ...(fitsIntoMenu(options) ? { options } : {}),
    ...(question.picks !== undefined && fitsIntoMenu(picked) ? { picks: { ...question.picks, options: picked } } : {}),
  };
}

/** What the button carries; options that do not fit are left out, and their answer is typed instead of picked. */
function valueOf({ name, target, asks }: Choice): string {
  const value = (question?: ChoiceQuestion): string =>
    JSON.stringify({ n: name, t: target, ...(question === undefined ? {} : { q: question }) } satisfies ButtonValue);
  if (asks === undefined) return value();
  const question = shortQuestion(asks);
  const offering = value(withMenus(question, asks));
  return offering.length <= maxValue ? offering : value(question);
}

function buttonOf(choice: Choice, actionId: string): Button | undefined {
  const json = valueOf(choice);
  if (json.length > maxValue || actionId.length > 255) return undefined;
  return {
    type: 'button',
    text: plain(choice.label, 75),
    action_id: actionId,
    value: json,
    ...(choice.style === undefined ? {} : { style: choice.style }),
    // A form is a guard against mis-taps by itself; both would ask twice.
    ...(choice.confirm === undefined || choice.asks !== undefined ? {} : { confirm: confirmOf(choice.confirm) }),
  };
}

const confirmOf = (confirm: NonNullable<Choice['confirm']>) => ({
  title: plain(confirm.title, 100),
  text: plain(confirm.text, 300),
  confirm: plain(confirm.ok, 30),
  deny: plain(confirm.cancel, 30),
});

/**
 * Choices as one block of buttons within `characters` of JSON. Action ids are `choice:<name>`, numbered when a name
 * comes twice. A choice that does not fit into a button is left out: it would arrive cut, and act on something else.
 */
export function renderChoices(choices: readonly Choice[], characters: number): readonly ActionsBlock[] {
  const used = new Set<string>();
  const elements: Button[] = [];
  let size = 0;
  for (const choice of choices.slice(0, maxButtons)) {
    const base = `choice:${choice.name}`;
    let actionId = base;
    for (let index = 2; used.has(actionId); index += 1) actionId = `${base}:${index}`;
    const button = buttonOf(choice, actionId);
    const length = button === undefined ? 0 : JSON.stringify(button).length;
    if (button === undefined || size + length > characters) continue;
    size += length;
    used.add(actionId);
    elements.push(button);
  }
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}
