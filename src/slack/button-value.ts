import { z } from 'zod';

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), id: z.string(), hash: z.string().exactOptional() }),
  z.object({
    kind: z.literal('execution'),
    id: z.string(),
    stageId: z.string().exactOptional(),
    hash: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('run'), text: z.string() }),
]);

const question = z.object({
  title: z.string(),
  label: z.string(),
  placeholder: z.string().exactOptional(),
  submit: z.string(),
  required: z.boolean(),
  options: z.array(z.string()).exactOptional(),
  picks: z.object({ label: z.string(), options: z.array(z.string()).exactOptional() }).exactOptional(),
});

const buttonValue = z.object({ n: z.string(), t: target, q: question.exactOptional() });

const choiceForm = z.object({
  n: z.string(),
  t: target,
  c: z.string(),
  r: z.string().exactOptional(),
  p: z.boolean().exactOptional(),
  m: z.string().exactOptional(),
});

/** What a choice's form remembers: the choice, its channel, where to answer, whether the message was private, and which it was. */
export type ChoiceForm = z.infer<typeof choiceForm>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A button's value as we made it; undefined for anything else, such as one of an older version. */
export const parseButtonValue = (text: string): z.infer<typeof buttonValue> | undefined =>
  buttonValue.safeParse(parseJson(text)).data;

/** A form's private metadata as we made it; undefined for anything else. */
export const parseChoiceForm = (text: string): ChoiceForm | undefined => choiceForm.safeParse(parseJson(text)).data;
