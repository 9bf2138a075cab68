import { z } from 'zod';
import type { Execution, Stage } from '../model/execution';
import { imageVersion, locationName, shortName, versionWord } from '../model/server-group';
import type { Text } from '../model/text';
import type { Choice } from '../model/view';
import type { Conclusion } from '../engine/render-execution';
import { changeOf, isCreation, isStrategyRun, mayHaveCreated, type Change } from './undo';

/** What became of one region of a deployment that did not go through. */
type Region = {
  readonly name: string;
  readonly state: 'untouched' | 'unclear' | 'changed' | 'restored' | 'halfway';
  readonly change?: Change;
  /** Whether what served before was taken out of service. */
  readonly isSourceOut?: boolean;
  /** The size it was left with by a step that took from it. */
  readonly sourceSize?: number;
};

const sized = z.object({ capacity: z.object({ desired: z.number() }) });

function placeNameOf({ context }: Stage): string {
  const { account, region } = (context.location ?? {}) as { account?: unknown; region?: unknown };
  return `${String(account)}/${String(region)}`;
}

const isIn = (stage: Stage, { location }: Change): boolean => placeNameOf(stage) === locationName(location);

/** Whether a stage of this type succeeded on a group in the change's place. */
const succeededOn = (execution: Execution, change: Change, type: string, field: string, name: string): boolean =>
  execution.stages.some(
    (stage) =>
      stage.type === type && stage.status === 'SUCCEEDED' && isIn(stage, change) && stage.context[field] === name,
  );

/** The size that a group was last given; undefined where no stage gave it one. */
function sizeLeft(execution: Execution, change: Change, name: string): number | undefined {
  const resized = execution.stages.filter(
    (stage) =>
      stage.type === 'resizeServerGroup' &&
      stage.status === 'SUCCEEDED' &&
      isIn(stage, change) &&
      stage.context.serverGroupName === name,
  );
  return sized.safeParse(resized.at(-1)?.context).data?.capacity.desired;
}

/** Whether a strategy pipeline that did not end well may have changed a region: what it did, it says itself. */
const mayBeChanged = ({ stages }: Execution, name: string): boolean =>
  stages.some((stage) => isStrategyRun(stage) && mayHaveCreated(stage) && placeNameOf(stage) === name);

function regionOf(execution: Execution, name: string): Region {
  const found = execution.stages
    .filter(isCreation)
    .flatMap((stage) => {
      const change = changeOf(stage);
      return change === undefined || locationName(change.location) !== name ? [] : [{ stage, change }];
    })
    .at(-1);
  if (found === undefined) return { name, state: mayBeChanged(execution, name) ? 'unclear' : 'untouched' };
  const { stage, change } = found;
  const isRestored =
    succeededOn(execution, change, 'rollbackServerGroup', 'rollbackServerGroupName', change.created) ||
    succeededOn(execution, change, 'disableServerGroup', 'serverGroupName', change.created);
  if (isRestored) return { name, state: 'restored', change };
  if (stage.status === 'SUCCEEDED') return { name, state: 'changed', change };
  const source = change.source?.serverGroupName;
  const isSourceOut =
    source !== undefined && succeededOn(execution, change, 'disableServerGroup', 'serverGroupName', source);
  const sourceSize = source === undefined ? undefined : sizeLeft(execution, change, source);
  return { name, state: 'halfway', change, isSourceOut, ...(sourceSize === undefined ? {} : { sourceSize }) };
}

function sourceText({ change, isSourceOut, sourceSize }: Region): string {
  const source = change?.source;
  if (source === undefined) return 'nothing served before';
  if (isSourceOut === true) return `${source.serverGroupName} is out of service`;
  if (sourceSize === undefined) return `${source.serverGroupName} was not taken out`;
  return `${source.serverGroupName} was left with ${sourceSize} of ${source.desired} instances`;
}

function lineOf(region: Region, version: string): Text {
  const { name, state, change } = region;
  const source = change?.source?.serverGroupName;
  if (state === 'unclear')
    return [{ strong: name }, ': its strategy pipeline did not end well; its own message says what it did.'];
  if (change === undefined || state === 'untouched') return [{ strong: name }, ': unchanged.'];
  if (state === 'changed') return [{ strong: name }, `: ${version} serves (${change.created}).`];
  if (state === 'restored') {
    const back = source === undefined ? 'nothing served before' : `${source} serves as before`;
    return [{ strong: name }, `: ${change.created} is out of service again, ${back}.`];
  }
  return [{ strong: name }, `: ${change.created} was created and did not take over; ${sourceText(region)}.`];
}

const shortRegion = (name: string): string => name.slice(name.indexOf('/') + 1);

const runChoice = (label: string, text: string): Choice => ({ name: 'run', label, target: { kind: 'run', text } });

/**
 * What is true in each region after a deployment over several that did not go through, with ways to finish the others or
 * to take back those that changed. Each way is a command like any other: planned, confirmed, and checked for permission.
 */
export function concludePartial(execution: Execution): Conclusion {
  const { kind, environment, regions, image } = execution.definition;
  if (kind !== 'deploy' || image === undefined || regions.length < 2 || execution.status === 'SUCCEEDED') {
    return { lines: [], choices: [] };
  }
  const found = regions.map((name) => regionOf(execution, name));
  if (found.every(({ state }) => state === 'untouched')) return { lines: [], choices: [] };
  const lines = found.map((region) => lineOf(region, imageVersion(image)));
  const changed = found.filter(({ state }) => state === 'changed');
  if (changed.length === 0) return { lines, choices: [] };
  const where = (name: string) => `${execution.application} ${environment}/${shortRegion(name)}`;
  const finish = found
    .filter(({ state }) => state !== 'changed')
    .map(({ name }) => runChoice(`Finish ${shortRegion(name)}`, `deploy ${where(name)} ${versionWord(image)}`));
  const undo = changed.flatMap(({ name, change }) =>
    change?.source === undefined
      ? []
      : [runChoice(`Undo ${shortRegion(name)}`, `rollback ${where(name)} ${shortName(change.source.serverGroupName)}`)],
  );
  return { lines, choices: [...finish, ...undo] };
}
