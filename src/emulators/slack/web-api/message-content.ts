import { validateBlocks } from '../blocks/validate-blocks';
import type { JsonObject } from '../json';
import { asList, asObject, asObjects, asText } from '../json';
import { refuse, refuseBlocks } from './method';

const mostTextInBlocks = 13_200;
const mostMetadata = 16_000;

/** What a message is made of, checked. A field is undefined when the caller left it out. */
export type MessageContent = {
  readonly text: string | undefined;
  readonly blocks: readonly JsonObject[] | undefined;
  readonly attachments: readonly unknown[] | undefined;
  readonly metadata: JsonObject | undefined;
};

/** Reads text, blocks, attachments and metadata from a method's arguments, or says why Slack would not take them. */
export function readContent(args: JsonObject): { readonly content: MessageContent } | { readonly refusal: JsonObject } {
  const refusal = refuseWrongBlocks(args.blocks) ?? refuseWrongMetadata(args.metadata);
  if (refusal !== undefined) return { refusal };
  return {
    content: {
      text: asText(args.text),
      blocks: args.blocks === undefined ? undefined : asObjects(args.blocks),
      attachments: args.attachments === undefined ? undefined : asList(args.attachments),
      metadata: asObject(args.metadata),
    },
  };
}

function refuseWrongBlocks(blocks: unknown): JsonObject | undefined {
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
  return refuseBlocks(validateBlocks('message', blocks)) ?? refuseTooMuchText(blocks);
}

function refuseTooMuchText(blocks: readonly unknown[]): JsonObject | undefined {
  return textLength(blocks) > mostTextInBlocks ? refuse('msg_blocks_too_long') : undefined;
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + textLength(each), 0);
  const object = asObject(value);
  if (object === undefined) return 0;
  const own = typeof object.text === 'string' ? object.text.length : 0;
  return own + textLength(Object.values(object).filter((inner) => typeof inner === 'object'));
}

function refuseWrongMetadata(metadata: unknown): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const object = asObject(metadata);
  if (object === undefined || typeof object.event_type !== 'string' || asObject(object.event_payload) === undefined)
    return refuse('invalid_metadata_format');
  return JSON.stringify(object).length > mostMetadata ? refuse('metadata_too_large') : undefined;
}
