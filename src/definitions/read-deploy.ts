import type { StageContext } from '../model/execution';
import { readBoolean } from './read-boolean';
import { readCanary } from './read-canary';
import { readRollback } from './read-rollback';
import { readSeconds } from './read-seconds';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const strategies = ['none', 'highlander', 'redblack', 'rollingredblack', 'canary', 'custom'] as const;
type Strategy = (typeof strategies)[number];

const takeOver: readonly Strategy[] = ['redblack', 'rollingredblack', 'canary'];
/** Those after which there is something to go back to. */
const waysBack: readonly Strategy[] = [...takeOver, 'custom'];
/** Which strategies a field is for. */
const usedBy: Readonly<Record<string, readonly Strategy[]>> = {
  maxRemainingAsgs: takeOver,
  delayBeforeDisableSec: takeOver,
  delayBeforeScaleDownSec: takeOver,
  scaleDown: takeOver,
  targetPercentages: ['rollingredblack'],
  pipelineBeforeCleanup: ['rollingredblack'],
  judgmentBeforeCleanup: ['rollingredblack'],
  canary: ['canary'],
  strategyApplication: ['custom'],
  strategyPipeline: ['custom'],
  pipelineParameters: ['custom'],
};

/** The keys of a deploy stage. */
export const deployKeys: readonly string[] = [
  'regions',
  'oneByOne',
  'waitBetweenRegions',
  'waitTimeBetweenRegions',
  'clusters',
  'strategy',
  'targetHealthyDeployPercentage',
  'interestingHealthProviderNames',
  ...Object.keys(usedBy),
  'onFailure',
  'rollback',
  'keepFailed',
];
/** Those that are about all regions of the stage together. */
const ofAll = ['clusters', 'oneByOne', 'waitBetweenRegions', 'waitTimeBetweenRegions'];

const minutes = (durationMs: number | undefined): number | undefined =>
  durationMs === undefined ? undefined : durationMs / 60_000;

function readPercentages(value: YamlValue): readonly (number | undefined)[] | string | undefined {
  return value.orExpression(() => {
    const items = value.list() ?? [];
    const read = items.map((item) => item.integer({ max: 100 }));
    for (const [index, percentage = 100] of read.entries()) {
      const before = read[index - 1] ?? 0;
      if (percentage <= before) items[index]?.fail(`Each step goes further: ${percentage} follows ${before}.`);
    }
    if (value.isList && items.length === 0) value.fail(`${value.label} names no step, for example: [50, 100]`);
    return read;
  });
}

function readValidation(value: YamlValue): StageContext | undefined {
  const fields = value.object({ known: ['application', 'pipelineId', 'pipelineParameters'] });
  return (
    fields && {
      application: fields.require('application', 'application: foo')?.text(),
      pipelineId: fields.require('pipelineId', 'pipelineId: smoke')?.text(),
      pipelineParameters: fields.get('pipelineParameters')?.data(),
    }
  );
}

/** Which strategy pipeline is run, and what it is told. */
const readCustom = (fields: YamlObject): StageContext => ({
  strategyApplication: fields.get('strategyApplication')?.text(),
  strategyPipeline: fields.get('strategyPipeline')?.text(),
  pipelineParameters: fields.get('pipelineParameters')?.data(),
});

/** Seconds between regions that follow one another; undefined where all are deployed to at the same time. */
function readOrder(fields: YamlObject): StageContext {
  const waitTimeBetweenRegions = readSeconds(fields, {
    ours: 'waitBetweenRegions',
    spinnakers: 'waitTimeBetweenRegions',
  });
  const isOneByOne = fields.get('oneByOne')?.boolean() === true;
  return { waitTimeBetweenRegions: waitTimeBetweenRegions ?? (isOneByOne ? 0 : undefined) };
}

function readClusters(fields: YamlObject, clusters: YamlValue): StageContext {
  for (const [name, value] of fields.entries()) {
    if (deployKeys.includes(name) && !ofAll.includes(name)) {
      value.failAtKey(`'${name}' stands inside 'clusters' where a deploy stage has them. Move it there.`);
    }
  }
  return { clusters: clusters.list() === undefined ? [] : clusters.data(), ...readOrder(fields) };
}

function listText(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** Refuses what the strategy does not know, and a way back where nothing is kept for it. */
function checkStrategy(fields: YamlObject, strategy: Strategy, goesBack: boolean): void {
  for (const [name, users] of Object.entries(usedBy)) {
    if (!users.includes(strategy)) fields.get(name)?.failAtKey(`'${name}' needs strategy: ${listText(users)}.`);
  }
  if (goesBack && !waysBack.includes(strategy)) {
    (fields.get('onFailure') ?? fields.get('rollback'))?.fail(
      `Strategy ${strategy} keeps nothing to roll back to. Use strategy: ${listText(waysBack)}, or remove this field.`,
    );
  }
  if (strategy === 'custom') fields.require('strategyPipeline', 'strategyPipeline: gently');
  if (strategy === 'canary') fields.require('canary', 'canary: { instances: 1, for: 10m }');
}

/** Reads a deploy stage. */
export function readDeploy(fields: YamlObject): StageContext {
  const clusters = fields.get('clusters');
  if (clusters !== undefined) return readClusters(fields, clusters);
  const strategy = fields.get('strategy')?.oneOf(strategies) ?? 'none';
  const count = (name: string, min: number, bounds: { readonly max?: number } = {}) => {
    const value = fields.get(name);
    return value?.orExpression(() => value.integer({ min, ...bounds }));
  };
  const [percentages, validation, steps] = ['targetPercentages', 'pipelineBeforeCleanup', 'canary'].map((name) =>
    fields.get(name),
  );
  const rollback = readRollback(fields);
  checkStrategy(fields, strategy, rollback.rollback !== undefined);
  return {
    strategy,
    regions: fields.get('regions')?.texts(),
    targetHealthyDeployPercentage: count('targetHealthyDeployPercentage', 0, { max: 100 }),
    interestingHealthProviderNames: fields.get('interestingHealthProviderNames')?.texts(),
    ...readOrder(fields),
    maxRemainingAsgs: count('maxRemainingAsgs', 2) ?? (takeOver.includes(strategy) ? 2 : undefined),
    delayBeforeDisableSec: count('delayBeforeDisableSec', 0),
    delayBeforeScaleDownSec: count('delayBeforeScaleDownSec', 0),
    scaleDown: readBoolean(fields, 'scaleDown'),
    targetPercentages: percentages && readPercentages(percentages),
    pipelineBeforeCleanup: validation && readValidation(validation),
    judgmentBeforeCleanup: readBoolean(fields, 'judgmentBeforeCleanup'),
    canary: steps && readCanary(steps),
    ...readCustom(fields),
    keepFailedMinutes: minutes(fields.get('keepFailed')?.durationMs()),
    ...rollback,
  };
}
