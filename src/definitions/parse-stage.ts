import type { z } from 'zod';
import type { PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import type { TimeWindow } from '../model/time-window';
import { checkConfig } from './check-config';
import { checkExpressions } from './check-expressions';
import { commonFields, failureChoices } from './common-fields';
import { didYouMean } from './did-you-mean';
import { readJobStage } from './parse-job';
import { readBoolean } from './read-boolean';
import { deployKeys, readDeploy } from './read-deploy';
import { readVerify, verifyKeys } from './read-verify';
import { openPartsOf } from './open-parts';
import { preconditionExpressions, readPreconditions } from './read-preconditions';
import { readStageEnabled, stageEnabledExpression } from './read-stage-enabled';
import { readStageWindow } from './read-stage-window';
import { readVariables } from './read-variables';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** What a stage type accepts. */
export type StageType = {
  readonly config: z.ZodType;
  /** The keys that a stage puts out; undefined: it may put out anything. */
  readonly outputs?: readonly string[];
  /** Whether it is about places and a cluster. */
  readonly needsPlaces?: boolean;
  /** Whether fields of this type alone say which cluster it is about. */
  readonly namesCluster?: (context: StageContext) => boolean;
  /** Planned by Coxswain only: unknown to files. */
  readonly isInternal?: boolean;
};

/** The stage types there are, and the names of those that a file may use. */
export interface StageTypes {
  readonly types: readonly string[];
  find(type: string): StageType | undefined;
}

/** A stage as written, before stages are put in order. */
export type WrittenStage = {
  readonly value: YamlValue;
  readonly fields: YamlObject;
  readonly type: string;
  readonly name: string;
  readonly context: StageContext;
  readonly leavesOpen: PipelineStage['leavesOpen'];
  /** Its own execution window. */
  readonly window: TimeWindow | undefined;
};

const common = Object.keys(commonFields.shape);
const choices = Object.keys(failureChoices.shape);
const own: Readonly<Record<string, readonly string[]>> = {
  deploy: deployKeys,
  wait: ['for', 'waitTime'],
  verify: verifyKeys,
  manualJudgment: [
    'instructions',
    'judgmentInputs',
    'onReject',
    'selectedStageRoles',
    'requiredJudgmentRoles',
    'propagateAuthenticationContext',
  ],
  evaluateVariables: ['variables'],
  checkPreconditions: ['preconditions', 'expression', 'failureMessage'],
};
const notYetKeys = ['beforeTraffic', 'keepWarm', 'notifications', 'sendNotifications'];

function readWait(fields: YamlObject): StageContext {
  if (fields.refuseBoth('for', 'waitTime')) return {};
  const spinnakers = fields.get('waitTime');
  if (spinnakers !== undefined) return { waitTime: spinnakers.orExpression(() => spinnakers.integer()) };
  const waitMs = fields.require('for', 'for: 30s')?.durationMs("Write waitTime instead, in seconds: waitTime: '${…}'");
  return { waitTime: waitMs === undefined ? undefined : waitMs / 1000 };
}

function readInput(item: YamlValue): StageContext {
  const value = item.isObject ? item.object({ known: ['value'] })?.get('value') : item;
  return { value: value?.text() };
}

/** Roles that a judge must hold one of, or the expression that gives them. */
function readRoles(fields: YamlObject, name: string): readonly string[] | string | undefined {
  const value = fields.get(name);
  return value?.orExpression(() => value.texts());
}

function readJudgment(fields: YamlObject): StageContext {
  const inputs = fields.get('judgmentInputs');
  const onReject = fields.get('onReject');
  return {
    instructions: fields.get('instructions')?.text(),
    judgmentInputs: inputs?.orExpression(() => inputs.list()?.map(readInput)),
    onReject: onReject?.orExpression(() => onReject.oneOf(['rollback'])),
    selectedStageRoles: readRoles(fields, 'selectedStageRoles'),
    requiredJudgmentRoles: readRoles(fields, 'requiredJudgmentRoles'),
    propagateAuthenticationContext: readBoolean(fields, 'propagateAuthenticationContext'),
  };
}

function readOther(fields: YamlObject): StageContext {
  const entries = fields.entries().filter(([name]) => !common.includes(name) && !choices.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value.data()]));
}

const readRunJob = (fields: YamlObject): StageContext =>
  fields.get('job') === undefined ? readOther(fields) : readJobStage(fields, [...common, ...choices]);

const readers: Readonly<Record<string, (fields: YamlObject) => StageContext>> = {
  deploy: readDeploy,
  verify: readVerify,
  wait: readWait,
  manualJudgment: readJudgment,
  evaluateVariables: readVariables,
  checkPreconditions: readPreconditions,
  runJob: readRunJob,
};

/** Milliseconds, or the expression that gives them. */
function readTimeout(fields: YamlObject): number | string | undefined {
  const spinnakers = fields.get('stageTimeoutMs');
  const written = spinnakers?.orExpression(() => spinnakers.integer());
  if (fields.refuseBoth('timeout', 'stageTimeoutMs')) return undefined;
  const instead = "Write stageTimeoutMs instead, in milliseconds: stageTimeoutMs: '${…}'";
  return written ?? fields.get('timeout')?.durationMs(instead);
}

function readCommon(fields: YamlObject): StageContext {
  const stageEnabled = fields.get('stageEnabled');
  const backoff = fields.get('backoffPeriodMs');
  fields.get('refId')?.refusesExpression('Write the value itself.');
  return {
    stageTimeoutMs: readTimeout(fields),
    backoffPeriodMs: backoff?.orExpression(() => backoff.integer({ min: 0 })),
    comments: fields.get('comments')?.text(),
    ...Object.fromEntries(choices.map((name) => [name, readBoolean(fields, name)])),
    stageEnabled: stageEnabled && readStageEnabled(stageEnabled),
    failOnFailedExpressions: fields.get('failOnFailedExpressions')?.boolean(),
  };
}

const withoutAbsent = (context: StageContext): StageContext =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));

/** Where a stage's conditions stand: expressions that need no `${ }` around them. */
export function conditionsOf({ type, fields }: WrittenStage): readonly YamlValue[] {
  const stageEnabled = fields.get('stageEnabled');
  const enabled = stageEnabled === undefined ? undefined : stageEnabledExpression(stageEnabled);
  const preconditions = type === 'checkPreconditions' ? preconditionExpressions(fields) : [];
  return enabled === undefined ? preconditions : [enabled, ...preconditions];
}

function findForFiles(type: string, stageTypes: StageTypes): StageType | undefined {
  const found = stageTypes.find(type);
  return found?.isInternal === true ? undefined : found;
}

function parseType(value: YamlValue, stageTypes: StageTypes): string | undefined {
  const at = value.object({ known: undefined })?.require('type', 'type: deploy');
  const type = at?.text();
  if (at === undefined || type === undefined || findForFiles(type, stageTypes) !== undefined) return type;
  if (at.refusesExpression('Write the type itself.')) return undefined;
  return at.fail(`Unknown stage type '${type}'. ${didYouMean(type, stageTypes.types)}`);
}

/** Whether nothing is added to a stage when its pipeline is made ready to run. */
function isWhole(type: string, { clusters, job }: StageContext): boolean {
  if (type === 'deploy') return clusters !== undefined;
  return type !== 'runJob' || job === undefined;
}

/** As it is checked: a cluster stands where the run gives one. */
const withCluster = (context: StageContext, leavesOpen: PipelineStage['leavesOpen']): StageContext =>
  leavesOpen?.includes('cluster') === true ? { ...context, cluster: 'application-environment' } : context;

/** Reads one stage; undefined where its type is not known. `timeZone` is that of windows that name none. */
export function parseStage(value: YamlValue, stageTypes: StageTypes, timeZone: string): WrittenStage | undefined {
  const type = parseType(value, stageTypes);
  const definition = type === undefined ? undefined : findForFiles(type, stageTypes);
  if (type === undefined || definition === undefined) return undefined;
  const ownKeys = own[type];
  const known = ownKeys === undefined ? undefined : [...common, ...choices, ...ownKeys];
  const fields = value.object({ known, notYet: notYetKeys });
  if (fields === undefined) return undefined;
  const before = value.source.problems.length;
  checkExpressions(value);
  const context = withoutAbsent({ ...(readers[type] ?? readOther)(fields), ...readCommon(fields) });
  const window = readStageWindow(fields, timeZone);
  const leavesOpen = openPartsOf(fields, context, definition);
  if (isWhole(type, context) && value.source.problems.length === before)
    checkConfig(fields, withCluster(context, leavesOpen), definition.config);
  const title = type.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());
  return { value, fields, type, name: fields.get('name')?.text() ?? title, context, leavesOpen, window };
}
