import type { StageContext } from '../model/execution';
import { readCondition } from './check-expressions';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const notYetTypes = ['clusterSize', 'stageStatus'];

const withoutAbsent = (map: StageContext): StageContext =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));

function readContext(fields: YamlObject | undefined): StageContext {
  const expression = fields?.require('expression', "expression: image.tag matches '1[.].*'");
  return withoutAbsent({
    expression: expression && readCondition(expression),
    failureMessage: fields?.get('failureMessage')?.text(),
  });
}

function readPrecondition(item: YamlValue): StageContext {
  const fields = item.object({ known: ['type', 'failPipeline', 'context'] });
  const type = fields?.require('type', 'type: expression')?.oneOf(['expression'], notYetTypes);
  const failPipeline = fields?.get('failPipeline');
  if (type === undefined) return {};
  const context = fields?.require('context', "context: { expression: image.tag matches '1[.].*' }");
  return withoutAbsent({
    type,
    failPipeline: failPipeline?.orExpression(() => failPipeline.boolean()),
    context: context && readContext(context.object({ known: ['expression', 'failureMessage'] })),
  });
}

/** Where the expressions of a checkPreconditions stage stand, in either spelling. */
export function preconditionExpressions(fields: YamlObject): readonly YamlValue[] {
  const list = fields.get('preconditions');
  const contexts = (list?.isList === true ? (list.list() ?? []) : []).flatMap(
    (item) => (item.isObject ? item.object({ known: undefined })?.get('context') : undefined) ?? [],
  );
  const listed = contexts.map((context) =>
    context.isObject ? context.object({ known: undefined })?.get('expression') : undefined,
  );
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
