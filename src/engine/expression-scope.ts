import type { Execution, Stage, StageContext } from '../model/execution';
import { imageVersion } from '../model/server-group';
import { actingUser } from './acting-user';
import { emptyMemo, evaluate, executionFunctions } from './expressions';
import type { Json, Memo, PipelineName, Scope } from './expressions';
import { ancestorsOf } from './graph';

/** What expressions are evaluated with, whatever they are about. */
export type ScopeOptions = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** @default an empty one */
  readonly memo?: Memo;
  /** @default 'null', as in stages: a name that is not defined is null, and the text around it stays as it is */
  readonly unknown?: Scope['unknown'];
  /** Names that hide those of the stage. */
  readonly context?: StageContext;
  /** What `#pipelineId` can find. */
  readonly pipelines?: readonly PipelineName[];
  readonly random?: () => number;
  readonly allowance?: Scope['allowance'];
};

/** What expressions are about, as plain JSON. */
export type ScopeSubject = {
  /** What `execution` is, in the shape of Spinnaker; undefined: whatever the layers call so. */
  readonly execution: StageContext | undefined;
  /** What `#currentStage()` is; null outside of stages. */
  readonly stage: StageContext | null;
  /** Where bare names are looked for; the first layer that has one wins, a null in it included. */
  readonly layers: readonly StageContext[];
};

type Lookup = (name: string) => Json | undefined;

const isMap = (value: unknown): value is StageContext =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapOf = (value: unknown): StageContext => (isMap(value) ? value : {});

// Through the descriptor, so that no accessor is ever called.
const ownValue = (map: StageContext, name: string): Json | undefined =>
  Object.getOwnPropertyDescriptor(map, name)?.value as Json | undefined;

function layered(layers: readonly StageContext[]): Lookup {
  return (name) => {
    for (const layer of layers) {
      const value = ownValue(layer, name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** The one commit that a build is about: the first of several that is of a branch of its own, else the first. */
function chooseScm(list: Json | undefined): Json | undefined {
  if (!Array.isArray(list)) return list ?? undefined;
  const commits = list as readonly Json[];
  const mainBranches: readonly unknown[] = ['master', 'develop'];
  const isBranch = (commit: Json) => !mainBranches.includes(ownValue(mapOf(commit), 'branch'));
  return commits.find(isBranch) ?? commits[0];
}

const scmOf = (buildInfo: unknown): Json | undefined => ownValue(mapOf(buildInfo), 'scm') ?? undefined;

/** A value that is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The names that are made of the execution: nothing else that is called so is seen while they have a value. */
export const executionNames = [
  'execution',
  'trigger',
  'parameters',
  'scmInfo',
  'deployedServerGroups',
  'templateVariables',
] as const;

/** The variables that are made of the execution; each hides a name of the layers where it has a value. */
function variables(
  subject: ScopeSubject,
  find: Lookup,
  deployed: () => Json,
): ReadonlyMap<string, () => Json | undefined> {
  const own = (name: string) => (subject.execution === undefined ? undefined : ownValue(subject.execution, name));
  const trigger = () => own('trigger') ?? find('trigger');
  const parameters = () => {
    const given = ownValue(mapOf(trigger()), 'parameters');
    return isMap(given) && Object.keys(given).length > 0 ? given : (find('parameters') ?? {});
  };
  const scm = () => scmOf(find('buildInfo')) ?? find('scmInfo') ?? scmOf(ownValue(mapOf(trigger()), 'buildInfo'));
  const groups = () => {
    const found = deployed();
    return Array.isArray(found) && found.length > 0 ? found : find('deployedServerGroups');
  };
  const made: Readonly<Record<(typeof executionNames)[number], () => Json | undefined>> = {
    execution: () => (subject.execution as Json | undefined) ?? find('execution'),
    trigger,
    parameters,
    scmInfo: () => chooseScm(scm()),
    deployedServerGroups: groups,
    templateVariables: () => own('templateVariables') ?? find('templateVariables'),
  };
  return new Map(Object.entries(made));
}

/**
 * The scope of expressions about a subject (semantics §7.2): the variables made of the execution, then the layers. `#root`
 * is a map of all of them. Values are passed on as they are, never copied.
 */
export function createScope(subject: ScopeSubject, options: ScopeOptions): Scope {
  const { now, memo = emptyMemo, unknown = 'null', pipelines, random, allowance } = options;
  const find = layered(subject.layers);
  const functions = executionFunctions(subject.execution ?? mapOf(find('execution')), subject.stage, pipelines);
  const special = variables(
    subject,
    find,
    once(() => evaluate('${#deployedServerGroups()}', scope).value),
  );
  const lookup: Lookup = (name) => {
    const make = special.get(name);
    return make === undefined ? find(name) : make();
  };
  const names = function* (): Iterable<string> {
    for (const layer of subject.layers) yield* Object.keys(layer);
    for (const [name, make] of special) if (make() !== undefined) yield name;
  };
  const root = once(() => {
    const entries = Array.from(new Set(names()), (name) => [name, lookup(name)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json;
  });
  const scope: Scope = {
    lookup,
    names,
    root,
    functions,
    memo,
    now,
    unknown,
    ...(random === undefined ? {} : { random }),
    ...(allowance === undefined ? {} : { allowance }),
  };
  return scope;
}

/**
 * The requester's reason is seen among the parameters too, where pipelines of schema 1 found it; a parameter of that name
 * hides it there.
 */
function triggerView({ trigger }: Execution): StageContext {
  const { reason, parameters } = trigger;
  return reason === undefined ? trigger : { ...trigger, parameters: { reason, ...parameters } };
}

/** What expressions see of our own execution: what Spinnaker has too, under its names. */
function executionView(execution: Execution): StageContext {
  const { id, type, application, name, status, buildTime, startTime, endTime, stages, canceled } = execution;
  return {
    id,
    type,
    application,
    name,
    status,
    buildTime,
    startTime: startTime ?? null,
    endTime: endTime ?? null,
    authentication: { user: actingUser(execution) },
    trigger: triggerView(execution),
    stages,
    canceled: canceled !== undefined,
    ...(canceled === undefined
      ? {}
      : { canceledBy: canceled.by ?? 'coxswain', cancellationReason: canceled.reason ?? null }),
  };
}

/** Names of ours that Spinnaker does not know; whatever else has one of them hides it. */
function ownNames({ application, definition }: Execution): StageContext {
  const { environment, image } = definition;
  return { application, environment, ...(image === undefined ? {} : { image: { tag: imageVersion(image) } }) };
}

/** Where a stage's bare names are looked for: what it was given, what it put out, what its ancestors did, nearest first. */
export const stageLayers = <S extends Parameters<typeof ancestorsOf>[1] & Pick<Stage, 'context' | 'outputs'>>(
  execution: { readonly stages: readonly S[] },
  stage: S,
): readonly StageContext[] => [
  stage.context,
  stage.outputs,
  ...ancestorsOf(execution, stage).map((ancestor) => ancestor.outputs),
];

/**
 * What expressions of a stage can see; with null, those of the pipeline itself, such as its notifications. The names
 * `application`, `environment` and `image.tag` are there too, beneath all others.
 */
export function scopeOf(execution: Execution, stage: Stage | null, options: ScopeOptions): Scope {
  const layers = stage === null ? [] : stageLayers(execution, stage);
  return createScope(
    {
      execution: executionView(execution),
      stage,
      layers: [...(options.context === undefined ? [] : [options.context]), ...layers, ownNames(execution)],
    },
    options,
  );
}
