import { z } from 'zod';
import type { Choice, View } from '../model/view';
import { ApiError } from './api-error';

/** What a caller says to make a choice; `stageId` and `text` tell choices of one name apart. */
export const choiceRequest = z.object({
  name: z.string().min(1).max(100),
  stageId: z.string().max(200).optional(),
  /** The words of a `run` choice. */
  text: z.string().max(2000).optional(),
  answer: z.string().max(1000).optional(),
  /** What a choice asks for beside an answer. */
  picked: z.string().max(1000).optional(),
});

/** What a caller says to make a choice. */
export type ChoiceRequest = z.infer<typeof choiceRequest>;

const stageOf = (choice: Choice) => (choice.target.kind === 'execution' ? choice.target.stageId : undefined);
const textOf = (choice: Choice) => (choice.target.kind === 'run' ? choice.target.text : undefined);

/** The choices of a view that a request can mean. */
export const matchingChoices = (view: View | undefined, request: ChoiceRequest): readonly Choice[] =>
  (view?.choices ?? []).filter(
    (choice) =>
      choice.name === request.name &&
      (request.stageId === undefined || stageOf(choice) === request.stageId) &&
      (request.text === undefined || textOf(choice) === request.text),
  );

const detailsOf = (choices: readonly Choice[]) =>
  choices.map((choice) => `'${stageOf(choice) ?? textOf(choice) ?? choice.label}'`).join(', ');

function refuseAnswer({ name, asks }: Choice, answer: string): void {
  if (asks === undefined || (answer === '' && !asks.required)) return;
  const among = asks.options === undefined ? '' : ` One of: ${asks.options.join(', ')}.`;
  const question = /[.?!]$/.test(asks.label) ? asks.label : `${asks.label}.`;
  if (answer === '') throw new ApiError(400, 'INVALID_INPUT', `'${name}' asks: ${question}${among} Send it as answer.`);
  if (asks.options?.includes(answer) === false)
    throw new ApiError(400, 'INVALID_INPUT', `'${name}' takes no '${answer}'.${among}`);
}

function refusePick({ name, asks }: Choice, picked: string): void {
  if (asks?.picks === undefined) return;
  const { label, options } = asks.picks;
  const among = options === undefined ? '' : ` One of: ${options.join(', ')}.`;
  if (picked === '') throw new ApiError(400, 'INVALID_INPUT', `'${name}' asks: ${label}${among} Send it as picked.`);
  if (options?.includes(picked) === false)
    throw new ApiError(400, 'INVALID_INPUT', `'${name}' takes no '${picked}'.${among}`);
}

/** What a request says beside the choice. */
export const saidWith = ({ answer, picked }: ChoiceRequest) => ({
  ...(answer === undefined ? {} : { answer }),
  ...(picked === undefined ? {} : { picked }),
});

/** The only choice a request can mean; throws 409 when the view offers none or several, 400 when the answer is missing or not among those offered. */
export function findChoice(view: View | undefined, request: ChoiceRequest): Choice {
  const [choice, ...others] = matchingChoices(view, request);
  if (choice === undefined) {
    const offered = [...new Set((view?.choices ?? []).map(({ name }) => name))];
    const hint = offered.length === 0 ? 'Nothing can be chosen there now.' : `Choose one of: ${offered.join(', ')}.`;
    throw new ApiError(409, 'ALREADY_DECIDED', `'${request.name}' is not on offer (any more). ${hint}`);
  }
  if (others.length > 0) {
    const several = detailsOf([choice, ...others]);
    throw new ApiError(409, 'INVALID_INPUT', `'${request.name}' stands there for ${several}. Name one.`);
  }
  refuseAnswer(choice, (request.answer ?? '').trim());
  refusePick(choice, (request.picked ?? '').trim());
  return choice;
}
