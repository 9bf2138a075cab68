import { z } from 'zod';
import type { View } from '../model/view';

const textPart = z.union([
  z.string(),
  z.object({ strong: z.string() }),
  z.object({ code: z.string() }),
  z.object({ person: z.string() }),
  z.object({ group: z.string() }),
  z.object({ time: z.number() }),
  z.object({ url: z.string(), label: z.string() }),
]);
const text = z.union([z.string(), z.array(textPart)]);

const question = z.object({
  title: z.string(),
  label: z.string(),
  placeholder: z.string().optional(),
  submit: z.string(),
  required: z.boolean(),
  options: z.array(z.string()).optional(),
  picks: z.object({ label: z.string(), options: z.array(z.string()).optional() }).optional(),
});

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), id: z.string(), hash: z.string().optional() }),
  z.object({ kind: z.literal('execution'), id: z.string(), stageId: z.string().optional() }),
  z.object({ kind: z.literal('run'), text: z.string() }),
]);

const step = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'paused', 'done', 'skipped', 'failed', 'canceled']),
  detail: text.optional(),
  depth: z.number().optional(),
});

const viewSchema = z.object({
  headline: text,
  tone: z.enum(['neutral', 'running', 'good', 'bad', 'attention']),
  undone: z.literal(true).optional(),
  lines: z.array(text).optional(),
  facts: z.array(z.object({ label: z.string(), value: text })).optional(),
  steps: z.array(step).optional(),
  output: z.string().optional(),
  links: z.array(z.object({ label: z.string(), url: z.string() })).optional(),
  choices: z.array(z.object({ name: z.string(), label: z.string(), target, asks: question.optional() })).optional(),
  footer: text.optional(),
});

// JSON carries no `undefined`, so what the schema found optional is absent, as the model has it.
const view = viewSchema.transform((parsed) => parsed as View);

/** The id of something just made. */
export const createdReply = z.object({ id: z.string().min(1) });

/** The code to type in Slack. */
export const loginReply = z.object({ code: z.string().min(1) });

/** Who a token belongs to. */
export const whoamiReply = z.object({ user: z.string(), teamId: z.string() });

/** A command and, once answered, its reply. */
export const commandReply = z.object({
  id: z.string(),
  state: z.enum(['received', 'answered']),
  reply: view.optional(),
  executionId: z.string().optional(),
});

/** A command as the bot shows it. */
export type CommandReply = z.infer<typeof commandReply>;

/** An execution as the bot shows it. */
export const executionReply = z.object({ id: z.string(), version: z.number(), status: z.string(), view });

/** An execution as the bot shows it. */
export type ExecutionReply = z.infer<typeof executionReply>;

/** A refusal. */
export const errorReply = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
