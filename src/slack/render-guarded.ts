import type { KnownBlock } from '@slack/types';
import type { Message } from '../model/message';
import { maxMessageText, renderMessage } from './blocks';
import { clip } from './clip';
import { escapeMrkdwn, type RenderContext } from './mrkdwn';
import { plainText } from '../model/text';
import { validateBlocks } from './validate-blocks';

/** Something of ours went wrong and was worked around; worth a look by whoever maintains Coxswain. */
export type Defect = { readonly message: string; readonly messageId: string; readonly details: readonly string[] };

/** What goes to Slack. Empty blocks mean text alone. */
export type Outgoing = { readonly text: string; readonly blocks: KnownBlock[] };

/**
 * Renders a message, and falls back to its text alone when the blocks would be refused, or to its bare headline when
 * rendering fails. Never throws; each fall back is reported.
 */
export function renderGuarded(message: Message, context: RenderContext, onDefect: (defect: Defect) => void): Outgoing {
  try {
    const { text, blocks } = renderMessage(message.view, context);
    const faults = validateBlocks('message', blocks);
    if (faults.length === 0) return { text, blocks: [...blocks] };
    onDefect({ message: 'Rendered blocks break a limit of Slack', messageId: message.id, details: faults });
    return { text, blocks: [] };
  } catch (error) {
    onDefect({ message: 'A view could not be rendered', messageId: message.id, details: [String(error)] });
    const headline = clip(escapeMrkdwn(plainText(message.view.headline)), maxMessageText);
    return { text: headline === '' ? '–' : headline, blocks: [] };
  }
}
