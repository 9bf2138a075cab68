import type { StageContext } from '../model/execution';
import type { ExecutionStatus } from '../model/status';
import { readCondition } from './check-expressions';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const comparisons = ['<', '<=', '==', '>=', '>'] as const;
const statuses = [
  'NOT_STARTED',
  'RUNNING',
  'PAUSED',
  'SUCCEEDED',
  'SKIPPED',
  'FAILED_CONTINUE',
  'TERMINAL',
  'CANCELED',
  'STOPPED',
] as const satisfies readonly ExecutionStatus[];

const withoutAbsent = (map: StageContext): StageContext =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));

function readContext(fields: YamlObject | undefined): StageContext {
  const expression = fields?.require('expression', "expression: image.tag matches '1[.].*'");
  return withoutAbsent({
    expression: expression && readCondition(expression),
    failureMessage: fields?.get('failureMessage')?.text(),
  });
}

function readClusterSize(fields: YamlObject | undefined): StageContext {
  const comparison = fields?.get('comparison');
  const expected = fields?.get('expected');
  const onlyEnabled = fields?.get('onlyEnabledServerGroups');
  return withoutAbsent({
    cluster: fields?.get('cluster')?.text(),
    moniker: fields?.get('moniker')?.data(),
    credentials: fields?.get('credentials')?.text(),
    account: fields?.get('account')?.text(),
    regions: fields?.get('regions')?.texts(),
    comparison: comparison?.orExpression(() => comparison.oneOf(comparisons)),
    expected: expected?.orExpression(() => expected.integer({ min: 0 })),
    onlyEnabledServerGroups: onlyEnabled?.orExpression(() => onlyEnabled.boolean()),
    failureMessage: fields?.get('failureMessage')?.text(),
  });
}

function readStageStatus(fields: YamlObject | undefined): StageContext {
  const status = fields?.require('stageStatus', 'stageStatus: SUCCEEDED');
  return withoutAbsent({
    stageName: fields?.require('stageName', 'stageName: Deploy')?.text(),
    stageStatus: status?.orExpression(() => status.oneOf(statuses)),
    failureMessage: fields?.get('failureMessage')?.text(),
  });
}

/** Of each type of precondition: what its context may say, an example of it, and how it is read. */
const kinds = {
  expression: {
    known: ['expression', 'failureMessage'],
    example: "context: { expression: image.tag matches '1[.].*' }",
    read: readContext,
  },
  clusterSize: {
    known: [
      'cluster',
      'moniker',
      'credentials',
      'account',
      'regions',
      'comparison',
      'expected',
      'onlyEnabledServerGroups',
      'failureMessage',
    ],
    example: "context: { comparison: '>=', expected: 2 }",
    read: readClusterSize,
  },
  stageStatus: {
    known: ['stageName', 'stageStatus', 'failureMessage'],
    example: 'context: { stageName: Deploy, stageStatus: SUCCEEDED }',
    read: readStageStatus,
  },
} as const;
const types = ['expression', 'clusterSize', 'stageStatus'] as const satisfies readonly (keyof typeof kinds)[];

function readPrecondition(item: YamlValue): StageContext {
  const fields = item.object({ known: ['type', 'failPipeline', 'context'] });
  const type = fields?.require('type', 'type: expression')?.oneOf(types);
  const failPipeline = fields?.get('failPipeline');
  if (type === undefined) return {};
  const { known, example, read } = kinds[type];
  const context = fields?.require('context', example);
  return withoutAbsent({
    type,
    failPipeline: failPipeline?.orExpression(() => failPipeline.boolean()),
    context: context && read(context.object({ known })),
  });
}

/** The contexts, where they are maps, of the preconditions that a stage lists. */
export function preconditionContexts(fields: YamlObject): readonly YamlValue[] {
  const list = fields.get('preconditions');
  const contexts = (list?.isList === true ? (list.list() ?? []) : []).flatMap(
    (item) => (item.isObject ? item.object({ known: undefined })?.get('context') : undefined) ?? [],
  );
  return contexts.filter((context) => context.isObject);
}

/** Where the expressions of a checkPreconditions stage stand, in either spelling. */
export function preconditionExpressions(fields: YamlObject): readonly YamlValue[] {
  const listed = preconditionContexts(fields).map((context) => context.object({ known: undefined })?.get('expression'));
  return [fields.get('expression'), ...listed].filter((value) => value !== undefined);
}

/** Reads `checkPreconditions`: Spinnaker's list, or one `expression` with its `failureMessage`, which fails the pipeline. */
export function readPreconditions(fields: YamlObject): StageContext {
  if (fields.refuseBoth('expression', 'preconditions')) return {};
  const list = fields.get('preconditions');
  if (list === undefined) {
    return { preconditions: [{ type: 'expression', failPipeline: true, context: readContext(fields) }] };
  }
  const message = fields.get('failureMessage');
  message?.failAtKey(
    "'failureMessage' stands in a precondition's context where 'preconditions' lists them. Move it there.",
  );
  const items = list.list();
  if (items?.length === 0) list.fail(`${list.label} checks nothing. Add a precondition.`);
  return { preconditions: items?.map(readPrecondition) };
}
