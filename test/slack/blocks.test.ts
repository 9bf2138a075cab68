import fc from 'fast-check';
import type { TextPart } from '../../src/model/text';
import type { Choice, View, ViewStep } from '../../src/model/view';
import { renderMessage } from '../../src/slack/blocks';
import { validateBlocks } from '../../src/slack/validate-blocks';

const json = (view: View) => JSON.stringify(renderMessage(view).blocks);
const view = (fields: Partial<View>): View => ({ headline: 'Deploying foo', tone: 'running', ...fields });
const run: Choice = { name: 'run', label: 'Run', target: { kind: 'run', text: 'deploy foo prod' } };
type ShownButton = { action_id: string; value: string; style?: string; confirm?: unknown };
const buttons = (choices: readonly Choice[]): readonly ShownButton[] =>
  renderMessage(view({ choices })).blocks.flatMap((block) =>
    block.type === 'actions' ? (block.elements as unknown as ShownButton[]) : [],
  );

describe('renderMessage', () => {
  it('escapes what people and machines wrote', () => {
    const shown = renderMessage(view({ headline: ['<!channel> & ', { strong: '<b>' }, { code: '`x`' }] }));
    expect(shown.text).toBe("&lt;!channel&gt; &amp; *&lt;b&gt;*`'x'`");
  });

  it('mentions people, groups whose id is known, and shows times in the reader’s zone', () => {
    const headline = [{ person: 'U1' }, ' ', { group: 'sre' }, ' ', { group: 'other' }, ' ', { time: 1_000_000 }];
    const { text } = renderMessage(view({ headline }), { groupId: (handle) => (handle === 'sre' ? 'S9' : undefined) });
    expect(text).toBe('<@U1> <!subteam^S9|@sre> @other <!date^1000^{date_short_pretty} {time}|1970-01-01 00:16 UTC>');
  });

  it('does not let a person’s id or a link break out of its markup', () => {
    const headline = [{ person: '!channel> <' }, { url: 'javascript:alert(1)', label: 'x|y>' }];
    const { text } = renderMessage(view({ headline }));
    expect(text).toBe('@!channel&gt; &lt;x|y&gt;');
  });

  it('names each step’s state in words beside the sign', () => {
    const steps: ViewStep[] = [
      { name: 'Deploy east', state: 'running', detail: '3/4 healthy' },
      { name: 'Resize', state: 'waiting', depth: 1 },
    ];
    const [, block] = renderMessage(view({ steps })).blocks;
    expect(block).toMatchObject({
      type: 'section',
      text: { text: '▸ Deploy east – running · 3/4 healthy\n\u2003○ Resize – waiting' },
    });
  });

  it('keeps the failed one of 200 steps in sight and counts those left out', () => {
    const steps = Array.from({ length: 200 }, (_, index): ViewStep => ({
      name: `step ${index}`,
      state: index === 150 ? 'failed' : 'done',
    }));
    expect(json(view({ steps }))).toContain('✗ step 150 – failed');
    expect(json(view({ steps }))).toContain('… and 160 more: 160 done');
  });

  it('gives buttons unique action ids and a value that says what to do', () => {
    const asks = { title: 'Why?', label: 'Reason', submit: 'Reject', required: true };
    const shown = buttons([run, run, { ...run, name: 'reject', style: 'danger', asks }]);
    expect(shown.map((button) => button.action_id)).toEqual(['choice:run', 'choice:run:2', 'choice:reject']);
    expect(JSON.parse(shown[0]!.value)).toEqual({ n: 'run', t: { kind: 'run', text: 'deploy foo prod' } });
    expect(JSON.parse(shown[2]!.value)).toMatchObject({ n: 'reject', q: asks });
    expect(shown[2]!.style).toBe('danger');
  });

  it('leaves out a choice that does not fit into a button instead of cutting it', () => {
    expect(buttons([{ ...run, target: { kind: 'run', text: 'x'.repeat(2000) } }, run])).toHaveLength(1);
  });

  it.each([
    ['that are too many', Array.from({ length: 101 }, (_, index) => `${index}`)],
    ['of which one is too long', ['yes', 'x'.repeat(76)]],
    ['that do not fit together', Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(70, 'x'))],
    ['that Slack would show otherwise', ['yes', 'no\r']],
    ['of which there is none', []],
  ])('asks for a typed answer instead of options %s', (_which, options) => {
    const asks = { title: 'Approve', label: 'Which?', submit: 'Approve', required: true };
    const [offering, typed] = buttons([
      { ...run, asks: { ...asks, options: ['yes', 'no'] } },
      { ...run, asks: { ...asks, options } },
    ]);
    expect(JSON.parse(offering!.value)).toMatchObject({ q: { options: ['yes', 'no'] } });
    expect(JSON.parse(typed!.value)).toMatchObject({ q: asks });
    expect(typed!.value).not.toContain('options');
  });

  it('shows a confirm dialog, but not in front of a form', () => {
    const confirm = { title: 'Sure?', text: 'To prod', ok: 'Yes', cancel: 'No' };
    const asks = { title: 'Why?', label: 'Reason', submit: 'Go', required: false };
    expect(buttons([{ ...run, confirm }])[0]!.confirm).toMatchObject({ title: { text: 'Sure?' } });
    expect(buttons([{ ...run, confirm, asks }])[0]!.confirm).toBeUndefined();
  });

  it('keeps the last lines of a long output, without a backtick of its own', () => {
    const shown = json(view({ output: `${'x\n'.repeat(9000)}\`last\` <line>` }));
    expect(shown).toContain("'last' &lt;line&gt;\\n```");
  });
});

const nasty = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.constantFrom(
    '<!channel>',
    '`',
    '```',
    '<@U1>',
    '',
    ' ',
    '&',
    '😀'.repeat(900),
    'x'.repeat(5000),
    '<'.repeat(4000),
  ),
);
const part: fc.Arbitrary<TextPart> = fc.oneof(
  nasty,
  nasty.map((strong) => ({ strong })),
  nasty.map((code) => ({ code })),
  nasty.map((person) => ({ person })),
  nasty.map((group) => ({ group })),
  fc.double().map((time) => ({ time })),
  fc.record({ url: fc.oneof(nasty, fc.webUrl()), label: nasty }),
);
const text = fc.oneof(nasty, fc.array(part, { maxLength: 6 }));
const target = fc.oneof(
  nasty.map((value) => ({ kind: 'run' as const, text: value })),
  nasty.map((id) => ({ kind: 'execution' as const, id })),
);
const plainQuestion = { title: nasty, label: nasty, placeholder: nasty, submit: nasty, required: fc.boolean() };
const question = fc.oneof(
  fc.record(plainQuestion),
  fc.record({ ...plainQuestion, options: fc.array(nasty, { maxLength: 110 }) }),
);
const confirmDialog = fc.record({ title: nasty, text: nasty, ok: nasty, cancel: nasty });
const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record({ name: nasty, label: nasty, target }),
  fc.record({ name: nasty, label: nasty, target, asks: question }),
  fc.record({ name: nasty, label: nasty, target, confirm: confirmDialog }),
);
const step: fc.Arbitrary<ViewStep> = fc.record({
  name: nasty,
  state: fc.constantFrom('waiting', 'running', 'paused', 'done', 'skipped', 'failed', 'canceled'),
  detail: text,
  depth: fc.integer(),
});
const hostileView: fc.Arbitrary<View> = fc.record({
  headline: text,
  tone: fc.constantFrom('neutral', 'running', 'good', 'bad', 'attention'),
  lines: fc.array(text, { maxLength: 8 }),
  facts: fc.array(fc.record({ label: nasty, value: text }), { maxLength: 25 }),
  steps: fc.array(step, { maxLength: 200 }),
  output: nasty,
  links: fc.array(fc.record({ label: nasty, url: fc.oneof(nasty, fc.webUrl()) }), { maxLength: 5 }),
  choices: fc.array(choice, { maxLength: 30 }),
  footer: text,
});

describe('renderMessage with hostile views', () => {
  it('always stays within Slack’s limits and never pings a channel', () => {
    fc.assert(
      fc.property(hostileView, (hostile) => {
        const rendered = renderMessage(hostile);
        expect(validateBlocks('message', rendered.blocks)).toEqual([]);
        expect(rendered.text.length).toBeGreaterThan(0);
        expect(rendered.text.length).toBeLessThanOrEqual(4000);
        expect(rendered.text).not.toContain('<!channel>');
        const shown = rendered.blocks.map((block) => (block.type === 'actions' ? '' : JSON.stringify(block)));
        expect(shown.join('')).not.toContain('<!channel>');
      }),
      { numRuns: 150 },
    );
  });
});
