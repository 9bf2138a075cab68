import type { NameInFile, PipelineCall } from '../model/application';
import type { WrittenStage } from './parse-stage';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

/** Undefined where no text stands there, which is told elsewhere. */
function nameAt(value: YamlValue | undefined): NameInFile | undefined {
  const written = value?.data();
  if (value === undefined || typeof written !== 'string' || written.trim() === '') return undefined;
  return { name: written.trim(), label: value.label, ...value.place };
}

function callOf(
  kind: PipelineCall['kind'],
  names: Readonly<Record<'application' | 'pipeline' | 'environment', YamlValue | undefined>>,
): readonly PipelineCall[] {
  const [application, pipeline, environment] = [names.application, names.pipeline, names.environment].map(nameAt);
  if (pipeline === undefined) return [];
  return [
    { kind, pipeline, ...(application && { application }), ...(environment && { environment }) } satisfies PipelineCall,
  ];
}

const mapAt = (value: YamlValue | undefined): YamlObject | undefined =>
  value?.isObject === true ? value.object({ known: undefined }) : undefined;

/** The strategy pipeline of a deploy, and the one that judges each of its steps. */
function callsOfDeploy(fields: YamlObject): readonly PipelineCall[] {
  const isCustom = fields.get('strategy')?.data() === 'custom';
  const [application, pipeline] = [fields.get('strategyApplication'), fields.get('strategyPipeline')];
  const validation = mapAt(fields.get('pipelineBeforeCleanup'));
  return [
    ...(isCustom ? callOf('strategy', { application, pipeline, environment: undefined }) : []),
    ...callOf('validation', {
      application: validation?.get('application'),
      pipeline: validation?.get('pipelineId'),
      environment: undefined,
    }),
  ];
}

/** The pipelines that a stage runs, as its file names them. */
export function readCalls({ type, fields }: Pick<WrittenStage, 'type' | 'fields'>): readonly PipelineCall[] {
  const clusters = fields.get('clusters');
  if (type === 'deploy')
    return [fields, ...(clusters?.isList === true ? (clusters.list() ?? []).flatMap((each) => mapAt(each) ?? []) : [])]
      .map(callsOfDeploy)
      .flat();
  if (type !== 'pipeline') return [];
  const [application, pipeline, environment] = ['application', 'pipeline', 'environment'].map((name) =>
    fields.get(name),
  );
  return callOf('pipeline', { application, pipeline, environment });
}
