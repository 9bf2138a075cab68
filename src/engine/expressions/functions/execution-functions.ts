import { ExpressionError } from '../expression-error';
import type { Json } from '../json';
import { admit, elementsOf, entryOf, makeMap, ownValue } from '../read';
import type { ExpressionFunction } from '../scope';
import { isList, isMap, type PlainMap, type Value } from '../value';
import { functionTable, requireText } from './function-table';

/** A pipeline that `#pipelineId` can find. */
export type PipelineName = { readonly id: string; readonly name: string; readonly application: string };

const deployTypes: ReadonlySet<Value> = new Set(['deploy', 'createServerGroup', 'cloneServerGroup', 'rollingPush']);

const emptyMap: PlainMap = makeMap([]);
const read = (map: PlainMap, key: string): Value => entryOf(map, key) ?? null;

function mapIn(map: PlainMap, key: string): PlainMap {
  const value = read(map, key);
  return isMap(value) ? value : emptyMap;
}

function mapsIn(map: PlainMap, key: string): readonly PlainMap[] {
  const list = read(map, key);
  return isList(list) ? Array.from(elementsOf(list)).filter(isMap) : [];
}

/** The value of a stage's context, else of its outputs. */
const valueOf = (stage: PlainMap, key: string): Value =>
  read(mapIn(stage, 'context'), key) ?? read(mapIn(stage, 'outputs'), key);

const isCalled = (stage: PlainMap, nameOrId: Value): boolean =>
  nameOrId !== null && (read(stage, 'name') === nameOrId || read(stage, 'id') === nameOrId);

const stageKeys = 'id refId type name status startTime endTime context outputs tasks'.split(' ');

/** The context of a stage, in which what it put out is found too, as in Spinnaker (semantics §6.5). */
function contextView(stage: PlainMap): PlainMap {
  const maps = [mapIn(stage, 'outputs'), mapIn(stage, 'context')];
  return makeMap(maps.flatMap((map) => Object.keys(map).map((key) => [key, read(map, key)] as const)));
}

/** What a pipeline sees of a stage. */
function stageView(stage: PlainMap): PlainMap {
  const status = read(stage, 'status');
  return makeMap([
    ...stageKeys.map((key) => [key, read(stage, key)] as const),
    ['context', contextView(stage)],
    ['hasSucceeded', status === 'SUCCEEDED'],
    ['hasFailed', status === 'TERMINAL'],
  ]);
}

function deployedServerGroup(stage: PlainMap): PlainMap | undefined {
  const groups = valueOf(stage, 'deploy.server.groups');
  if (!isMap(groups)) return undefined;
  const region = valueOf(stage, 'region') ?? Object.keys(groups)[0];
  if (typeof region !== 'string') return undefined;
  const names = ownValue(groups, region) ?? null;
  const details = valueOf(stage, 'deploymentDetails');
  const detail = isList(details)
    ? Array.from(elementsOf(details)).find((one) => isMap(one) && read(one, 'region') === region)
    : undefined;
  return makeMap([
    ...['account', 'capacity', 'parentStage'].map((key) => [key, valueOf(stage, key)] as const),
    ['region', region],
    ...(detail !== undefined && isMap(detail)
      ? Object.keys(detail).map((key) => [key, read(detail, key)] as const)
      : []),
    ['serverGroup', isList(names) ? (Array.from(elementsOf(names))[0] ?? null) : null],
    ['deployments', valueOf(stage, 'deployments')],
  ]);
}

/** Reads one execution for the functions that ask about it. */
class ExecutionReader {
  private readonly execution: PlainMap;

  constructor(execution: PlainMap) {
    this.execution = execution;
  }

  stages(): readonly PlainMap[] {
    return mapsIn(this.execution, 'stages');
  }

  fail(what: Json, name: string): never {
    const wanted = typeof what === 'object' ? 'null' : String(what);
    const call = `#${name}(${wanted})`;
    const id = read(this.execution, 'id');
    throw new ExpressionError(
      `Unable to locate [${wanted}] using ${call} in execution ${typeof id === 'string' ? id : ''}`.trim(),
    );
  }

  stage(nameOrId: Json): PlainMap {
    const found = this.stages().find((stage) => isCalled(stage, nameOrId));
    return found === undefined ? this.fail(nameOrId, 'stage') : stageView(found);
  }

  stageByRefId(refId: Json): PlainMap {
    const wanted = typeof refId === 'number' ? String(refId) : refId;
    const found = this.stages().find((stage) => wanted !== null && read(stage, 'refId') === wanted);
    return found === undefined ? this.fail(refId, 'stageByRefId') : stageView(found);
  }

  user(): string {
    const users = [mapIn(this.execution, 'authentication'), mapIn(this.execution, 'trigger')].map((map) =>
      read(map, 'user'),
    );
    return users.find((user): user is string => typeof user === 'string' && user !== '') ?? 'anonymous';
  }

  judgment(name: string): Value {
    const isAnswered = (stage: PlainMap) =>
      read(stage, 'type') === 'manualJudgment' && isCalled(stage, name) && valueOf(stage, 'judgmentInput') !== null;
    const found = this.stages().find(isAnswered);
    return found === undefined ? this.fail(name, 'judgment') : valueOf(found, 'judgmentInput');
  }

  deployedServerGroups(names: readonly Json[]): readonly PlainMap[] {
    return this.stages()
      .filter((stage) => deployTypes.has(read(stage, 'type')) && read(stage, 'status') === 'SUCCEEDED')
      .filter((stage) => names.length === 0 || names.some((name) => isCalled(stage, name)))
      .map(deployedServerGroup)
      .filter((group) => group !== undefined);
  }

  artifacts(): readonly PlainMap[] {
    return mapsIn(mapIn(this.execution, 'trigger'), 'resolvedExpectedArtifacts')
      .map((expected) => read(expected, 'boundArtifact'))
      .filter(isMap);
  }

  artifact(key: 'name' | 'type', wanted: string): PlainMap {
    const found = this.artifacts().find((artifact) => read(artifact, key) === wanted);
    if (found === undefined)
      throw new ExpressionError(`Unable to locate artifact with ${key} ${wanted} in the trigger`);
    return found;
  }

  application(): string {
    const application = read(this.execution, 'application');
    return typeof application === 'string' ? application : '';
  }
}

function pipelineRows(reader: ExecutionReader, pipelines: readonly PipelineName[]) {
  const find = (name: string, application: string): string | null =>
    pipelines.find((pipeline) => pipeline.name === name && pipeline.application === application)?.id ?? null;
  const require = (name: string): string => {
    const found = find(name, reader.application());
    if (found === null)
      throw new ExpressionError(`Pipeline with name ${name} could not be found in ${reader.application()}`);
    return found;
  };
  return functionTable([
    ['pipelineId', 1, 1, (args) => require(requireText(args, 0))],
    ['pipelineIdOrNull', 1, 1, (args) => find(requireText(args, 0), reader.application())],
    ['pipelineIdInApplication', 2, 2, (args) => find(requireText(args, 0), requireText(args, 1))],
  ]);
}

/**
 * The functions that ask about an execution: plain JSON in the shape of `Execution`, or as Spinnaker writes it (its
 * `authentication` and artifacts are read where they are). `stage` is the one that is running, in the shape of `Stage`;
 * null outside of stages, where `#currentStage()` is an error. `pipelines` are those that `#pipelineId` can find.
 */
export function executionFunctions(
  execution: PlainMap,
  stage: PlainMap | null,
  pipelines: readonly PipelineName[] = [],
): ReadonlyMap<string, ExpressionFunction> {
  const reader = new ExecutionReader(admit(execution) as PlainMap);
  const currentStage = (): PlainMap => {
    if (stage === null) throw new ExpressionError('#currentStage() is known inside of a stage only');
    return stageView(stage);
  };
  const rows = functionTable([
    ['stage', 1, 1, ([name = null]) => reader.stage(name)],
    ['stageByRefId', 1, 1, ([refId = null]) => reader.stageByRefId(refId)],
    ['stageExists', 1, 1, ([name = null]) => reader.stages().some((candidate) => isCalled(candidate, name))],
    ['currentStage', 0, 0, currentStage],
    ['currentUser', 0, 0, () => reader.user()],
    ['judgment', 1, 1, (args) => reader.judgment(requireText(args, 0))],
    ['judgement', 1, 1, (args) => reader.judgment(requireText(args, 0))],
    ['deployedServerGroups', 0, 50, (args) => reader.deployedServerGroups(args)],
    ['triggerResolvedArtifact', 1, 1, (args) => reader.artifact('name', requireText(args, 0))],
    ['triggerResolvedArtifactByType', 1, 1, (args) => reader.artifact('type', requireText(args, 0))],
    ['resolvedArtifacts', 0, 0, () => reader.artifacts()],
  ]);
  return new Map([...rows, ...pipelineRows(reader, pipelines)]);
}
