import type { ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import { joinTexts, type Text } from '../model/text';
import type { Tone, View } from '../model/view';
import { renderChoices } from './choice-buttons';
import { cleanText, clipStart } from './clip';
import { escapeMrkdwn, escapeWithin, httpAddress, renderLink, renderText, type RenderContext } from './mrkdwn';
import { renderSteps } from './render-steps';

/** A message as Slack takes it: `text` stands alone (notifications, screen readers, degraded messages). */
export type RenderedMessage = { readonly text: string; readonly blocks: readonly KnownBlock[] };

/** `chat.update` refuses a longer text with `msg_too_long`. */
export const maxMessageText = 4000;

/** Slack refuses about 13,200 characters of blocks with `msg_blocks_too_long`; undocumented, so keep away from it. */
export const maxBlocksJson = 12_000;

const toneSigns: Readonly<Record<Tone, string>> = {
  neutral: '',
  running: '▸ ',
  good: '✓ ',
  bad: '✗ ',
  attention: '⚠\ufe0e ',
};

/** Renders without any lookup: groups stay plain words. */
export const plainContext: RenderContext = { groupId: () => undefined };

/**
 * A view as Block Kit within every limit of Slack's, and as a text that says the same. What is too long is cut and marked
 * with '…'; untrusted words are escaped.
 */
export function renderMessage(view: View, context: RenderContext = plainContext): RenderedMessage {
  const text = renderStandAlone(view, context);
  for (const scale of [1, 0.5, 0.25, 0.12]) {
    const blocks = renderBlocks(view, context, scale);
    if (JSON.stringify(blocks).length <= maxBlocksJson) return { text, blocks };
  }
  return { text, blocks: [section(renderText(view.headline, context, 600))] };
}

const mrkdwn = (text: string): MrkdwnElement => ({
  type: 'mrkdwn',
  text: text.trim() === '' ? '–' : text,
  // Without this Slack turns a literal '@channel' into the mention.
  verbatim: true,
});
const section = (text: string): SectionBlock => ({ type: 'section', text: mrkdwn(text) });
const contextLine = (text: string): ContextBlock => ({ type: 'context', elements: [mrkdwn(text)] });

function renderBlocks(view: View, context: RenderContext, scale: number): KnownBlock[] {
  const room = (characters: number) => Math.max(60, Math.floor(characters * scale));
  const lines = view.lines ?? [];
  const links = renderLinks(view, room(1500));
  return [
    section(toneSigns[view.tone] + renderText(view.headline, context, room(1500))),
    ...(lines.length === 0 ? [] : [section(renderText(joinTexts(lines, '\n'), context, room(2800)))]),
    ...renderFacts(view, context, scale),
    ...((view.steps ?? []).length === 0
      ? []
      : [section(renderSteps(view.steps ?? [], context, { steps: Math.ceil(40 * scale), characters: room(2900) }))]),
    ...(view.output === undefined || view.output.trim() === '' ? [] : [section(renderOutput(view.output, room(2400)))]),
    ...(links === '' ? [] : [contextLine(links)]),
    ...renderChoices(view.choices ?? [], 7000),
    ...(view.footer === undefined ? [] : [contextLine(renderText(view.footer, context, room(600)))]),
  ];
}

function renderFacts(view: View, context: RenderContext, scale: number): SectionBlock[] {
  const facts = (view.facts ?? []).slice(0, 20);
  const limit = Math.max(40, Math.floor(Math.min(400, 3000 / Math.max(1, facts.length)) * scale));
  const fields = facts.map((fact) =>
    mrkdwn(
      `*${escapeWithin(cleanText(fact.label).replace(/\s+/g, ' '), 60)}*\n${renderText(fact.value, context, limit)}`,
    ),
  );
  return [fields.slice(0, 10), fields.slice(10)]
    .filter((group) => group.length > 0)
    .map((group) => ({ type: 'section', fields: group }));
}

/** Literal output as a code block: backticks cannot be escaped there, so they are replaced. The end is kept. */
function renderOutput(output: string, limit: number): string {
  const text = cleanText(output).trimEnd().replace(/`/g, "'");
  let kept = clipStart(text, limit);
  // Escaping makes text longer by up to five times; cut until it fits.
  while (escapeMrkdwn(kept).length > limit) kept = clipStart(kept.replace(/^…/, ''), Math.floor(kept.length * 0.8));
  return `\`\`\`\n${escapeMrkdwn(kept)}\n\`\`\``;
}

function renderLinks(view: View, limit: number): string {
  let out = '';
  for (const link of view.links ?? []) {
    const next = `${out === '' ? '' : ' · '}${renderLink(link.url, cleanText(link.label).slice(0, 75))}`;
    if (out.length + next.length > limit) return out === '' ? '' : `${out} …`.slice(0, 3000);
    out += next;
  }
  return out;
}

function renderStandAlone(view: View, context: RenderContext): string {
  const texts: Text[] = [
    view.headline,
    ...(view.lines ?? []),
    ...(view.facts ?? []).slice(0, 30).map((fact): Text => joinTexts([`${fact.label}: `, fact.value])),
  ];
  const head = renderText(joinTexts(texts, '\n'), context, 2600);
  const steps = renderSteps(view.steps ?? [], context, { steps: 20, characters: 900 });
  const links = (view.links ?? [])
    .filter((link) => httpAddress(link.url) !== undefined)
    .slice(0, 2)
    .map((link) => renderLink(link.url, link.label.slice(0, 75)))
    .filter((link) => link.length <= 230);
  const text = [head, steps, ...links].filter((part) => part.trim() !== '').join('\n');
  return text.trim() === '' ? '–' : text;
}
