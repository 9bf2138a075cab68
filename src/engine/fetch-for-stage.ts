import { z } from 'zod';
import type { Execution, Failure, Stage, StageContext, Task } from '../model/execution';
import { hostOf } from '../model/host-of';
import { isComplete } from '../model/status';
import { clipText } from '../model/text';
import { emptyMemo, type Memo } from './expressions';
import { canStart, childrenOf } from './graph';
import { planSynthetic } from './plan-stages';
import { withAnswers } from './url-needs';

/** The stage type that fetches the `urls` of its context and puts out `answers`, within `room` bytes of their JSON. */
export const fetchUrlsType = 'fetchUrls';

/** The most bytes of JSON that all answers for one stage may have: they stand in the execution for a while. */
const mostBytes = 150_000;
/** How many stages may have something fetched, or hold it, at the same time; others wait. */
const mostStages = 3;

/** What fetching for the expressions of a stage has come to. */
export type Fetched = {
  /** What must be the same when they are evaluated again, answers included. */
  readonly memo: Memo;
  readonly rounds: number;
  readonly isOpen: boolean;
  readonly failure?: Failure;
};

const memoSchema = z.looseObject({ memo: z.custom<Memo>() });
const answersSchema = z.looseObject({ answers: z.custom<Memo['urls']>() });

const fetchesOf = (execution: Execution, stage: Stage): readonly Stage[] =>
  childrenOf(execution, stage).filter((child) => child.evaluation === true && child.status !== 'CANCELED');

const answersOf = (fetches: readonly Stage[]): Memo['urls'] =>
  Object.fromEntries(
    fetches.flatMap(({ outputs }) => Object.entries(answersSchema.safeParse(outputs).data?.answers ?? {})),
  );

/** What was fetched for a stage that is about to start. */
export function fetchedFor(execution: Execution, stage: Stage): Fetched {
  const fetches = fetchesOf(execution, stage);
  const last = fetches.at(-1);
  const memo = last === undefined ? emptyMemo : memoSchema.parse(last.context).memo;
  const failure = fetches.find((fetch) => fetch.failure !== undefined)?.failure;
  return {
    memo: withAnswers(memo, answersOf(fetches)),
    rounds: fetches.length,
    isOpen: fetches.some((fetch) => !isComplete(fetch.status)),
    ...(failure === undefined ? {} : { failure }),
  };
}

const bareContext = ({ memo, room, ...context }: StageContext): StageContext => context;

/** Whether a stage that can start holds what was fetched for it, or has something fetched. */
const holdsFetched = (execution: Execution, stage: Stage): boolean =>
  canStart(execution, stage) && fetchesOf(execution, stage).length > 0;

/** Whether there is room to fetch something for a stage: it has begun to, or few others do. */
export const mayFetch = (execution: Execution, stage: Stage): boolean =>
  holdsFetched(execution, stage) ||
  execution.stages.filter((other) => holdsFetched(execution, other)).length < mostStages;

/** The execution with one more round of fetching before a stage; what was cut off earlier is gone. */
export function addFetch(
  execution: Execution,
  stage: Stage,
  { urls, memo }: { readonly urls: readonly string[]; readonly memo: Memo },
): Execution {
  const hosts = [...new Set(urls.map(hostOf))].join(', ');
  const fetches = fetchesOf(execution, stage);
  const answers = answersOf(fetches);
  const room = Math.max(0, mostBytes - Buffer.byteLength(JSON.stringify(answers)));
  // The answers stand where they were put out, once.
  const others = Object.entries(memo.urls).filter(([url]) => !Object.hasOwn(answers, url));
  const kept: Memo = { ...memo, urls: Object.fromEntries(others) };
  const name = clipText(`Fetch from ${hosts}`, 200);
  const plan = { type: fetchUrlsType, name, context: { urls, room, memo: kept } };
  const earlier = new Set(fetches.map(({ id }) => id));
  const stages = execution.stages
    .filter((other) => !(other.parentStageId === stage.id && other.evaluation === true && other.status === 'CANCELED'))
    .map((other) => (earlier.has(other.id) ? { ...other, context: bareContext(other.context) } : other));
  const from = fetches.length;
  return { ...execution, stages: [...stages, ...planSynthetic(stage, 'evaluation', [plan], { from })] };
}

const withoutMemo = ({ memo, ...task }: Task): Task => task;

/** The execution without what was fetched for a stage whose expressions are evaluated: the values hold what was wanted. */
export function dropFetched(execution: Execution, stage: Stage): Execution {
  const fetches = new Set(fetchesOf(execution, stage).map(({ id }) => id));
  if (fetches.size === 0) return execution;
  const bare = (other: Stage): Stage =>
    fetches.has(other.id)
      ? { ...other, context: bareContext(other.context), outputs: {}, tasks: other.tasks.map(withoutMemo) }
      : other;
  return { ...execution, stages: execution.stages.map(bare) };
}
