import type { InputBlock, ModalView, PlainTextInput, StaticSelect } from '@slack/types';
import type { ChoiceQuestion } from '../model/view';
import type { ChoiceForm } from './button-value';
import { clip } from './clip';

/** The callback id of the form that asks a choice's question. */
export const choiceFormId = 'choice-answer';

/** The block and action under which the answer stands. */
export const answerField = { block: 'answer', action: 'answer' } as const;

/** The same of what is picked beside it. */
export const pickField = { block: 'picked', action: 'picked' } as const;

const maxMetadata = 3000;

const plain = (text: string, limit: number) => {
  const shown = clip(text.trim(), limit);
  return { type: 'plain_text' as const, text: shown === '' ? '–' : shown, emoji: false };
};

function metadataOf(form: ChoiceForm): string {
  const full = JSON.stringify(form);
  if (full.length <= maxMetadata) return full;
  return JSON.stringify({ n: form.n, t: form.t, c: form.c } satisfies ChoiceForm);
}

function menuOf(action: string, options: readonly string[], placeholder: string | undefined): StaticSelect {
  const shown = options.map((value) => ({ text: plain(value, 75), value }));
  const hint = placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) };
  return { type: 'static_select', action_id: action, options: shown, ...hint };
}

/** Where the answer is given: a menu of what may be answered, else a field for text. */
function answerElement({ options, placeholder, required }: ChoiceQuestion): StaticSelect | PlainTextInput {
  const hint = placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) };
  if (options !== undefined) return menuOf(answerField.action, options, placeholder);
  return {
    type: 'plain_text_input',
    action_id: answerField.action,
    multiline: true,
    max_length: 1000,
    ...(required ? { min_length: 1 } : {}),
    ...hint,
  };
}

/** What is picked, where something is: a menu, or a line of text where the button could not carry its options. */
function pickBlocks({ picks }: ChoiceQuestion): readonly InputBlock[] {
  if (picks === undefined) return [];
  const { label, options } = picks;
  const element =
    options === undefined
      ? ({ type: 'plain_text_input', action_id: pickField.action, min_length: 1 } as const)
      : menuOf(pickField.action, options, undefined);
  return [{ type: 'input', block_id: pickField.block, optional: false, label: plain(label, 2000), element }];
}

/** The form that asks a choice's question; its submission becomes the command. */
export const choiceModal = (question: ChoiceQuestion, form: ChoiceForm): ModalView => ({
  type: 'modal',
  callback_id: choiceFormId,
  private_metadata: metadataOf(form),
  title: plain(question.title, 24),
  submit: plain(question.submit, 24),
  close: plain('Cancel', 24),
  blocks: [
    ...pickBlocks(question),
    {
      type: 'input',
      block_id: answerField.block,
      optional: !question.required,
      label: plain(question.label, 2000),
      element: answerElement(question),
    },
  ],
});
