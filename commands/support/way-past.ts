import { clusterHolder, fenceOf } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import { topLevelStages } from '../../src/engine/graph';
import { familyIn } from '../../src/engine/read-history';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { joinTexts, type Text } from '../../src/model/text';
import { runChoice, type View } from '../../src/model/view';
import { may } from '../../src/policy/permissions';
import { holdFactPrefix } from './hold-plan';
import type { LivePlace } from './live-groups';
import { waysOfRunning, type RollbackWays } from './rollback-ways';
import type { PlanCard, VerbAnswer, VerbWorld } from './verb';
import { isYes, textOfWords, type Words } from './words';

/** Who keeps a rollback from its cluster, and is no deployment of it; `refusal` is why this person may not cancel it. */
export type Keeper = {
  readonly execution: Execution;
  readonly refusal?: Text;
  /** It is canceled, or ending, so that there is nothing to cancel any more. */
  readonly isGoingBack: boolean;
  /** Of the cluster while it has that. */
  readonly fence: number;
};

/** The execution at work on a cluster, unless that is a rollback itself: one of those is not called off for another. */
export async function keeperOf(
  world: Pick<VerbWorld, 'store' | 'people'>,
  cluster: string,
  { source: { user } }: Pick<Command, 'source'>,
): Promise<Keeper | undefined> {
  // Read before the holder: whoever takes the cluster in between is then known as another.
  const fence = await fenceOf(world.store, cluster);
  const holder = await clusterHolder(world.store, cluster);
  if (holder === undefined || holder.expiryId !== undefined) return undefined;
  const execution = (await world.store.get(executionKind, holder.executionId))?.document;
  if (execution === undefined || execution.definition.kind === 'rollback') return undefined;
  const { application, definition, canceled, ending } = execution;
  const where = `${application} ${definition.environment}`;
  const permission = may('halt', definition.policy, await world.people([user]), { user, where });
  return {
    execution,
    fence,
    isGoingBack: canceled !== undefined || ending !== undefined,
    ...(permission.allowed ? {} : { refusal: permission.reason }),
  };
}

/** What the execution at work has changed there gives way to what served before; undefined where it has changed nothing yet. */
export function waysOfKeeper(
  { execution }: Keeper,
  history: readonly Execution[],
  places: readonly LivePlace[],
): RollbackWays | undefined {
  const below = familyIn(history, execution).filter(({ id }) => id !== execution.id);
  const found = waysOfRunning([execution, ...below], places);
  return found.ways.length === 0 ? undefined : found;
}

/** What people call it where its name is known already: the pipeline's name, else `it`. */
const shortNameOf = ({ definition, pipelineConfigId }: Execution): string =>
  definition.kind === 'pipeline' ? (pipelineConfigId?.split('/').at(-1) ?? 'it') : 'it';

/** What a plan depends on that is made for one who goes back first; the way back of that is not what it was made for. */
const keeperFacts = ({ execution, isGoingBack }: Keeper, cluster: string): Readonly<Record<string, string>> => ({
  [`${holdFactPrefix}${cluster}`]: `${execution.name}${isGoingBack ? ', on its way back' : ''}`,
});

/** The button that cancels it first. */
const cancelLabel = ({ execution }: Keeper): string => `Cancel ${shortNameOf(execution)} and roll back`;

function stageText(execution: Execution): string {
  const stages = topLevelStages(execution);
  const under = stages.filter(({ status }) => status === 'RUNNING' || status === 'PAUSED');
  const next = stages.find(({ status }) => status === 'NOT_STARTED');
  const names = (under.length > 0 ? under : next === undefined ? [] : [next]).map(({ name }) => `'${name}'`);
  return names.length === 0 ? 'it is at its end' : `it is at stage ${names.join(', ')}`;
}

/** Whoever waits for what is paused waits for more than its end. */
function pauseText({ status, paused }: Execution): Text {
  if (status !== 'PAUSED' || paused === undefined) return '';
  return paused.stop === undefined
    ? [', paused by ', { person: paused.by }, ' until somebody resumes it']
    : ', paused until the stop is lifted';
}

/** Who holds the cluster and how far that is: `Run release of foo in prod holds foo-prod: it is at stage 'Deploy'.` */
function keeperLine({ execution, isGoingBack }: Keeper, cluster: string): Text {
  const where = isGoingBack ? 'it is on its way back' : stageText(execution);
  return joinTexts([[{ strong: execution.name }, ` holds ${cluster}: ${where}`], pauseText(execution), '.']);
}

/** What follows for a rollback that does not just wait. */
function goesBackLine({ isGoingBack }: Keeper): Text {
  const back = isGoingBack ? 'What it has changed goes back' : 'Canceled, it takes back what it has changed';
  return `${back}, as its stages say. The rollback is first then, and does what stands here.`;
}

/** The answer to whoever wants it canceled and may not. */
const mayNotCancel = (keeper: Keeper, cluster: string, without: string): View => ({
  headline: keeper.refusal ?? '',
  tone: 'bad',
  denied: true,
  lines: [keeperLine(keeper, cluster)],
  choices: [runChoice('Wait for it', without)],
});

/** The plan of a rollback that does not just wait: canceled or on its way back, whoever holds the cluster is before it. */
function afterKeeper({ view, facts, draft, ...plan }: PlanCard, keeper: Keeper, cluster: string): PlanCard {
  const { fence, execution, isGoingBack } = keeper;
  const canceled = isGoingBack ? {} : { cancels: execution.id };
  return {
    ...plan,
    draft: { ...draft, ...canceled, awaitsCanceled: { executionId: execution.id, fence } },
    facts: { ...facts, ...keeperFacts(keeper, cluster) },
    view: { ...view, lines: [keeperLine(keeper, cluster), goesBackLine(keeper), ...(view.lines ?? [])] },
    confirmLabel: isGoingBack ? plan.confirmLabel : cancelLabel(keeper),
  };
}

/** Where a rollback waits, and for whom. */
type Passing = { readonly cluster: string; readonly words: Words };

/** The plan of a rollback that waits for whoever holds the cluster, and offers to cancel that where this person may. */
function behindKeeper(plan: PlanCard, keeper: Keeper, { cluster, words }: Passing): PlanCard {
  const line = keeperLine(keeper, cluster);
  const waiting = { ...plan, confirmLabel: 'Wait for it' };
  if (keeper.refusal !== undefined) {
    const why = joinTexts(['You cannot cancel it from here. ', keeper.refusal]);
    return { ...waiting, view: { ...plan.view, lines: [line, why, ...(plan.view.lines ?? [])] } };
  }
  const { draft, facts, confirmLabel } = afterKeeper(plan, keeper, cluster);
  const text = textOfWords({ ...words, options: new Map([...words.options, ['cancel', 'yes']]) });
  return { ...waiting, other: { text, draft, facts, confirmLabel, lines: [line, goesBackLine(keeper)] } };
}

/**
 * A rollback whose cluster somebody holds: it waits as the first and offers to cancel that; with `cancel=yes` among the words it
 * does. Where that was not typed it is always asked about.
 */
export function passKeeper(plan: PlanCard, keeper: Keeper, passing: Passing, confirm: boolean): VerbAnswer {
  const { cluster, words } = passing;
  if (keeper.isGoingBack) return { type: 'plan', plan: afterKeeper(plan, keeper, cluster), confirm };
  if (!isYes(words, 'cancel')) return { type: 'plan', plan: behindKeeper(plan, keeper, passing), confirm: true };
  if (keeper.refusal === undefined) return { type: 'plan', plan: afterKeeper(plan, keeper, cluster), confirm };
  return { type: 'reply', view: mayNotCancel(keeper, cluster, textOfWords({ ...words, options: new Map() })) };
}
