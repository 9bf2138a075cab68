import type { z } from 'zod';
import type { StageContext } from '../model/execution';
import { didYouMean } from './did-you-mean';
import { knownVariables, unknownVariables } from './interpolation';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** The stage types a file may use, with what each accepts. */
export interface StageTypes {
  readonly types: readonly string[];
  find(type: string): { readonly config: z.ZodType } | undefined;
}

/** A stage as written, before stages are put in order. */
export type WrittenStage = {
  readonly value: YamlValue;
  readonly fields: YamlObject;
  readonly type: string;
  readonly name: string;
  readonly context: StageContext;
};

const common = ['type', 'name', 'after', 'refId', 'requisiteStageRefIds', 'timeout', 'stageTimeoutMs', 'comments'];
const choices = ['failPipeline', 'continuePipeline', 'completeOtherBranchesThenFail'];
const own: Readonly<Record<string, readonly string[]>> = {
  deploy: [
    'regions',
    'clusters',
    'strategy',
    'maxRemainingAsgs',
    'delayBeforeDisableSec',
    'delayBeforeScaleDownSec',
    'scaleDown',
    'onFailure',
    'rollback',
    'keepFailed',
  ],
  wait: ['for', 'waitTime'],
  manualJudgment: ['instructions', 'judgmentInputs', 'onReject'],
};
const notYetTypes = ['verify', 'runJob', 'pipeline', 'webhook', 'canary'];
const notYetKeys = ['beforeTraffic', 'keepWarm', 'stageEnabled', 'notifications', 'sendNotifications'];
const strategies = ['none', 'highlander', 'redblack'] as const;

function readRollback(fields: YamlObject, strategy: string): StageContext {
  if (fields.refuseBoth('onFailure', 'rollback')) return {};
  const ours = fields.get('onFailure');
  const isOn =
    ours === undefined
      ? fields
          .get('rollback')
          ?.object({ known: ['onFailure'] })
          ?.get('onFailure')
          ?.boolean()
      : ours.oneOf(['rollback']) !== undefined;
  if (isOn !== true) return {};
  if (strategy !== 'redblack') {
    (ours ?? fields.get('rollback'))?.fail(
      `Strategy ${strategy} keeps nothing to roll back to. Use strategy: redblack, or remove this field.`,
    );
  }
  return { rollback: { onFailure: true } };
}

const minutes = (durationMs: number | undefined): number | undefined =>
  durationMs === undefined ? undefined : durationMs / 60_000;

function readDeploy(fields: YamlObject): StageContext {
  const clusters = fields.get('clusters');
  if (clusters !== undefined) {
    for (const [name, value] of fields.entries()) {
      if (own.deploy?.includes(name) === true && name !== 'clusters') {
        value.failAtKey(`'${name}' stands inside 'clusters' where a deploy stage has them. Move it there.`);
      }
    }
    return { clusters: clusters.list() === undefined ? [] : clusters.data() };
  }
  const strategy = fields.get('strategy')?.oneOf(strategies, ['rollingredblack', 'custom', 'canary']) ?? 'none';
  const seconds = (name: string) => fields.get(name)?.integer({ min: 0 });
  const context = {
    strategy,
    regions: fields.get('regions')?.texts(),
    maxRemainingAsgs: fields.get('maxRemainingAsgs')?.integer({ min: 2 }) ?? (strategy === 'redblack' ? 2 : undefined),
    delayBeforeDisableSec: seconds('delayBeforeDisableSec'),
    delayBeforeScaleDownSec: seconds('delayBeforeScaleDownSec'),
    scaleDown: fields.get('scaleDown')?.boolean(),
    keepFailedMinutes: minutes(fields.get('keepFailed')?.durationMs()),
    ...readRollback(fields, strategy),
  };
  for (const name of ['maxRemainingAsgs', 'delayBeforeDisableSec', 'delayBeforeScaleDownSec', 'scaleDown']) {
    if (strategy !== 'redblack') fields.get(name)?.failAtKey(`'${name}' needs strategy: redblack.`);
  }
  return context;
}

function readWait(fields: YamlObject): StageContext {
  if (fields.refuseBoth('for', 'waitTime')) return {};
  const spinnakers = fields.get('waitTime');
  if (spinnakers !== undefined) return { waitTime: spinnakers.integer() };
  const waitMs = fields.require('for', 'for: 30s')?.durationMs();
  return { waitTime: waitMs === undefined ? undefined : waitMs / 1000 };
}

function readJudgment(fields: YamlObject): StageContext {
  const instructions = fields.get('instructions');
  const text = instructions?.text();
  for (const name of unknownVariables(text ?? '')) {
    instructions?.fail(`Unknown variable \${${name}}. ${didYouMean(name, knownVariables)}`);
  }
  const inputs = fields.get('judgmentInputs')?.list();
  return {
    instructions: text,
    judgmentInputs: inputs?.map((item) =>
      item.isObject
        ? {
            value: item
              .object({ known: ['value'] })
              ?.get('value')
              ?.text(),
          }
        : { value: item.text() },
    ),
    onReject: fields.get('onReject')?.oneOf(['rollback']),
  };
}

function readOther(fields: YamlObject): StageContext {
  const entries = fields.entries().filter(([name]) => !common.includes(name) && !choices.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value.data()]));
}

const readers: Readonly<Record<string, (fields: YamlObject) => StageContext>> = {
  deploy: readDeploy,
  wait: readWait,
  manualJudgment: readJudgment,
};

function readCommon(fields: YamlObject): StageContext {
  const spinnakers = fields.get('stageTimeoutMs')?.integer();
  const isDouble = fields.refuseBoth('timeout', 'stageTimeoutMs');
  return {
    stageTimeoutMs: isDouble ? undefined : (spinnakers ?? fields.get('timeout')?.durationMs()),
    comments: fields.get('comments')?.text(),
    ...Object.fromEntries(choices.map((name) => [name, fields.get(name)?.boolean()])),
  };
}

const withoutAbsent = (context: StageContext): StageContext =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));

function checkConfig(fields: YamlObject, context: StageContext, config: z.ZodType): void {
  for (const issue of config.safeParse(context).error?.issues ?? []) {
    const name = String(issue.path[0] ?? '');
    (fields.get(name) ?? fields.value).fail(`${name === '' ? 'The stage' : issue.path.join('.')}: ${issue.message}.`);
  }
}

/** Reads one stage; undefined where its type is not known. */
export function parseStage(value: YamlValue, stageTypes: StageTypes): WrittenStage | undefined {
  const typeOnly = value.object({ known: undefined });
  const typeValue = typeOnly?.require('type', 'type: deploy');
  const type = typeValue?.text();
  if (typeValue === undefined || type === undefined) return undefined;
  const definition = stageTypes.find(type);
  if (definition === undefined) {
    const isPlanned = notYetTypes.includes(type);
    const why = isPlanned ? `Stage type '${type}' is not supported yet.` : `Unknown stage type '${type}'.`;
    return typeValue.fail(`${why} ${didYouMean(type, stageTypes.types)}`);
  }
  const ownKeys = own[type];
  const known = ownKeys === undefined ? undefined : [...common, ...choices, ...ownKeys];
  const fields = value.object({ known, notYet: notYetKeys });
  if (fields === undefined) return undefined;
  const before = value.source.problems.length;
  const context = withoutAbsent({ ...(readers[type] ?? readOther)(fields), ...readCommon(fields) });
  const isWhole = type !== 'deploy' || context.clusters !== undefined;
  if (isWhole && value.source.problems.length === before) checkConfig(fields, context, definition.config);
  const title = type.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());
  return { value, fields, type, name: fields.get('name')?.text() ?? title, context };
}
