import type { Execution } from '../model/execution';
import { imageVersion, shortName, versionWord } from '../model/server-group';
import type { Text } from '../model/text';
import { runChoice, type Choice } from '../model/view';
import type { Conclusion } from '../engine/render-execution';
import { outcomesByEnvironment, type Outcome, type RegionOutcome } from './region-outcomes';

function sourceText({ source, isSourceOut, sourceSize }: RegionOutcome): string {
  if (source === undefined) return 'nothing served before';
  if (isSourceOut === true) return `${source.serverGroupName} is out of service`;
  if (sourceSize === undefined) return `${source.serverGroupName} was not taken out`;
  return `${source.serverGroupName} was left with ${sourceSize} of ${source.desired} instances`;
}

function lineOf(region: RegionOutcome, image: string | undefined): Text {
  const { name, state, created, source } = region;
  if (state === 'unclear')
    return [{ strong: name }, ': its strategy pipeline did not end well; its own message says what it did.'];
  if (created === undefined || state === 'untouched') return [{ strong: name }, ': unchanged.'];
  if (state === 'changed')
    return [
      { strong: name },
      image === undefined ? `: ${created} serves.` : `: ${imageVersion(image)} serves (${created}).`,
    ];
  if (state === 'restored') {
    const back = source === undefined ? 'nothing served before' : `${source.serverGroupName} serves as before`;
    return [{ strong: name }, `: ${created} is out of service again, ${back}.`];
  }
  return [{ strong: name }, `: ${created} was created and did not take over; ${sourceText(region)}.`];
}

const shortRegion = (name: string): string => name.slice(name.indexOf('/') + 1);

/** The parameters as they are typed; undefined for values that take more than a word. */
function parameterWords(parameters: Outcome['parameters']): readonly string[] | undefined {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined);
  const isWord = ([name, value]: readonly [string, unknown]) =>
    /^[A-Za-z_][\w-]*$/.test(name) && name !== 'reason' && !Array.isArray(value) && /^[\w.:/@+-]+$/.test(String(value));
  return given.every(isWord) ? given.map(([name, value]) => `${name}=${String(value)}`) : undefined;
}

/** The words that do it in one region too; undefined where they cannot be said. */
function finishText(outcome: Outcome, region: string): string | undefined {
  const { application, environment, kind, pipeline, image } = outcome;
  const parameters = parameterWords(outcome.parameters);
  const where = `${environment}/${shortRegion(region)}`;
  const version = image === undefined ? [] : [versionWord(image)];
  if (parameters === undefined) return undefined;
  if (kind === 'deploy')
    return image === undefined ? undefined : ['deploy', application, where, ...version, ...parameters].join(' ');
  if (pipeline === undefined || pipeline === '') return undefined;
  return ['pipeline', 'run', application, pipeline, where, ...version, ...parameters].join(' ');
}

/** Whether something new serves in a region in the stead of what served before. */
const isTakenOver = ({ state, created }: RegionOutcome): boolean =>
  state === 'changed' || (state === 'unclear' && created !== undefined);

/** Ways to finish the regions that were not changed, and to take back those that were; none where none was. */
function choicesOf(outcome: Outcome, prefix: string): readonly Choice[] {
  const { application, environment, regions } = outcome;
  if (!regions.some(({ state }) => state === 'changed')) return [];
  const finish = regions
    .filter(({ state }) => state !== 'changed')
    .flatMap(({ name }) => {
      const text = finishText(outcome, name);
      return text === undefined ? [] : [runChoice(`Finish ${prefix}${shortRegion(name)}`, text)];
    });
  const undo = regions.filter(isTakenOver).flatMap(({ name, source }) => {
    if (source === undefined) return [];
    const text = `rollback ${application} ${environment}/${shortRegion(name)} ${shortName(source.serverGroupName)}`;
    return [runChoice(`Undo ${prefix}${shortRegion(name)}`, text)];
  });
  return [...finish, ...undo];
}

/** Whether somebody must be told region by region: over several, where it is not all as it was. */
const isPartial = ({ regions }: Outcome): boolean =>
  regions.length > 1 && regions.some(({ state }) => state !== 'untouched');

/** What is told of one environment; that of another application or environment says which it is. */
function concludeOne(execution: Execution, outcome: Outcome): Conclusion {
  const { application, environment, image, regions } = outcome;
  const isOwn = application === execution.application && environment === execution.definition.environment;
  const prefix = isOwn ? '' : `${application} ${environment}/`;
  const lines = regions.map((region): Text =>
    isOwn ? lineOf(region, image) : [`${application} ${environment}, `, lineOf(region, image)].flat(),
  );
  return { lines, choices: choicesOf(outcome, prefix) };
}

/**
 * What is true in each region after a deployment, or the run of a pipeline, over several that did not go through, also of what
 * the pipelines did that it had started, with ways to finish the others or to take back those that changed. Each way is a
 * command like any other: planned, confirmed, and checked for permission.
 */
export function concludePartial(execution: Execution): Conclusion {
  if (execution.status === 'SUCCEEDED' || !['deploy', 'pipeline'].includes(execution.definition.kind))
    return { lines: [], choices: [] };
  const told = outcomesByEnvironment(execution)
    .filter(isPartial)
    .map((outcome) => concludeOne(execution, outcome));
  return { lines: told.flatMap(({ lines }) => lines), choices: told.flatMap(({ choices }) => choices) };
}
