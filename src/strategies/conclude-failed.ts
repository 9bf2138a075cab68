import type { Execution, Stage } from '../model/execution';
import { locationName, shortName } from '../model/server-group';
import { runChoice, type Choice } from '../model/view';
import type { Conclusion } from '../engine/render-execution';
import { outcomeName } from '../engine/outcome-name';
import { concludePartial } from './conclude-partial';
import { changeLeftBy } from './left-serving';
import { cameUp, changeOf, isCreation, type Change } from './undo';

const changesOf = (stages: readonly Stage[]): readonly Change[] =>
  stages.filter(isCreation).flatMap((stage) => changeOf(stage) ?? changeLeftBy(stage) ?? []);

const isServing = (stage: Stage): boolean => cameUp(stage) || changeLeftBy(stage) !== undefined;

/** What came up first in each place of the environment's cluster, and so stands in the way of what served before. */
function takeovers({ stages, definition }: Execution): readonly Change[] {
  const changes = changesOf(stages.filter(isServing))
    .filter(({ cluster }) => cluster === definition.cluster)
    .toReversed();
  return [...new Map(changes.map((change) => [locationName(change.location), change])).values()];
}

/**
 * The way back to what served before, named, so that it can lead to nothing else. None where the execution went back by
 * itself, where nothing new came up, and over regions of which each was another.
 */
function backChoice(execution: Execution): readonly Choice[] {
  if (!['deploy', 'pipeline'].includes(execution.definition.kind) || outcomeName(execution) === 'rolledBack') return [];
  const changes = takeovers(execution);
  const sources = [...new Set(changes.map(({ source }) => source?.serverGroupName))];
  const [source] = sources;
  if (sources.length !== 1 || source === undefined) return [];
  const { application, definition } = execution;
  const [only = '', ...others] = changes.map(({ location }) => location.region);
  const where = others.length === 0 ? `${definition.environment}/${only}` : definition.environment;
  return [runChoice('Roll back', `rollback ${application} ${where} ${shortName(source)}`)];
}

/** The output of what did not come up; of what is there, where nothing was created. */
function logsChoice({ application, definition, stages }: Execution): readonly Choice[] {
  const newest = changesOf(stages).at(-1);
  if (definition.regions.length === 0) return [];
  if (newest === undefined) return [runChoice('Logs', `logs ${application} ${definition.environment}`)];
  const where = `${definition.environment}/${newest.location.region}`;
  return [runChoice('Logs', `logs ${application} ${where} group=${shortName(newest.created)}`)];
}

/** What is true after an execution that did not go through, and what can be done: go back, finish or undo regions, read the output. */
export function concludeFailed(execution: Execution): Conclusion {
  const { lines, choices } = concludePartial(execution);
  if (execution.status !== 'TERMINAL' && execution.status !== 'STOPPED') return { lines, choices };
  const back = choices.length > 0 ? [] : backChoice(execution);
  return { lines, choices: [...choices, ...back, ...logsChoice(execution)] };
}
