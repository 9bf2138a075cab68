import { readViewValues } from '../../../src/emulators/slack/interactions/view-values';

const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
const options = [option('a'), option('b')];
const read = (element: { readonly type: string }, answer: unknown) => {
  const view = { blocks: [{ type: 'input', block_id: 'block', element: { action_id: 'action', ...element } }] };
  const values = readViewValues(view, { block: { action: answer } });
  return (values.block as { readonly action: unknown }).action;
};
const menu = { type: 'static_select', options };
const boxes = { type: 'checkboxes', options };

describe('readViewValues', () => {
  it.each([
    ['typed text', { type: 'plain_text_input' }, { value: 'x' }, { value: 'x' }],
    ['no text', { type: 'plain_text_input' }, { value: '' }, { value: null }],
    ['an option', menu, { selected_option: option('b') }, { selected_option: option('b') }],
    ['an option by its value', menu, { value: 'b' }, { selected_option: option('b') }],
    [
      'an option of a group',
      { type: 'static_select', option_groups: [{ options }] },
      { value: 'a' },
      { selected_option: option('a') },
    ],
    ['an option that is not offered', menu, { value: 'c' }, { selected_option: null }],
    ['no option', menu, { value: '' }, { selected_option: null }],
    ['several options', boxes, { value: ['a', 'c'] }, { selected_options: [option('a')] }],
    ['no options', boxes, undefined, { selected_options: [] }],
    ['a radio button', { type: 'radio_buttons', options }, { value: 'a' }, { selected_option: option('a') }],
    ['a user', { type: 'users_select' }, { value: 'U0X' }, { selected_user: 'U0X' }],
    ['a date', { type: 'datepicker' }, { value: '2026-11-23' }, { selected_date: '2026-11-23' }],
    ['a time and date', { type: 'datetimepicker' }, { value: '1700000000' }, { selected_date_time: 1_700_000_000 }],
    ['no time and date', { type: 'datetimepicker' }, {}, { selected_date_time: null }],
  ])('reports %s as Slack does', (_name, element, answer, expected) => {
    expect(read(element, answer)).toEqual({ type: element.type, ...expected });
  });

  it('drops what the view does not ask for and keeps choices made outside inputs', () => {
    const view = { blocks: [{ type: 'divider' }], state: { values: { menu: { pick: { type: 'static_select' } } } } };
    const values = readViewValues(view, { forged: { field: { type: 'plain_text_input', value: 'x' } } });
    expect(values).toEqual({ menu: { pick: { type: 'static_select' } } });
  });
});
