import { createHash } from 'node:crypto';
import { Exposed, type Fields } from './exposed';
import { configOf, isBuilding, runningBuilds, whyWaiting, type ScheduleOptions } from './schedule';
import {
  childrenOf,
  findItem,
  fullName,
  isWaiting,
  type Build,
  type Item,
  type ParameterDefinition,
  type ParameterValue,
  type QueueItem,
  type World,
} from './world';

/** What views are made of; `rootUrl` ends in a slash. */
export type ViewWorld = { readonly world: World; readonly rootUrl: string; readonly options: ScheduleOptions };

/** The address of an item, with a slash at its end. */
export const itemUrl = ({ rootUrl }: Pick<ViewWorld, 'rootUrl'>, path: readonly string[]): string =>
  `${rootUrl}${path.map((name) => `job/${encodeURIComponent(name)}/`).join('')}`;

const colors = { SUCCESS: 'blue', UNSTABLE: 'yellow', FAILURE: 'red', ABORTED: 'aborted' } as const;

function colorOf(item: Item): string {
  if (item.isDisabled) return 'disabled';
  const ended = item.builds.findLast(({ result }) => result !== undefined)?.result;
  const color = ended === undefined ? 'notbuilt' : colors[ended];
  return item.builds.some(isBuilding) ? `${color}_anime` : color;
}

const causesOf = (user: string): Fields => ({
  _class: 'hudson.model.CauseAction',
  causes: [
    {
      _class: 'hudson.model.Cause$UserIdCause',
      shortDescription: `Started by user ${user}`,
      userId: user,
      userName: user,
    },
  ],
});

function valueOf({ name, value }: ParameterValue, definitions: readonly ParameterDefinition[]): Fields {
  const isBoolean = definitions.find((known) => known.name === name)?.type === 'BooleanParameterDefinition';
  return {
    _class: `hudson.model.${isBoolean ? 'Boolean' : 'String'}ParameterValue`,
    name,
    value: isBoolean ? value === 'true' : value,
  };
}

function parametersOf(item: Item | undefined, values: readonly ParameterValue[]): readonly Fields[] {
  if (values.length === 0) return [];
  const definitions = item === undefined ? [] : configOf(item).parameters;
  return [{ _class: 'hudson.model.ParametersAction', parameters: values.map((value) => valueOf(value, definitions)) }];
}

function revisionOf(item: Item, build: Build): readonly Fields[] {
  const { git } = configOf(item);
  if (git === undefined) return [];
  const sha1 = createHash('sha1').update(`${git.url}#${build.number}`).digest('hex');
  const branch = [{ SHA1: sha1, name: `refs/remotes/origin/${git.branch}` }];
  return [
    {
      _class: 'hudson.plugins.git.util.BuildData',
      lastBuiltRevision: { SHA1: sha1, branch },
      remoteUrls: [git.url],
      scmName: '',
    },
  ];
}

const artifactOf = (path: string): Fields => {
  const fileName = path.split('/').at(-1) ?? path;
  return { displayPath: fileName, fileName, relativePath: path };
};

/** One build. */
export function viewBuild(view: ViewWorld, item: Item, build: Build): Exposed {
  const url = `${itemUrl(view, item.path)}${build.number}/`;
  const short = { _class: 'hudson.model.FreeStyleBuild', number: build.number, url };
  return new Exposed(short, () => ({
    actions: [...parametersOf(item, build.parameters), causesOf(build.user), ...revisionOf(item, build), {}],
    artifacts: build.artifacts.map(artifactOf),
    building: isBuilding(build),
    description: null,
    displayName: `#${build.number}`,
    duration: build.endedAt === undefined ? 0 : build.endedAt - build.startedAt,
    estimatedDuration: -1,
    executor: isBuilding(build) ? {} : null,
    fullDisplayName: `${item.path.join(' » ')} #${build.number}`,
    id: String(build.number),
    inProgress: isBuilding(build),
    keepLog: false,
    queueId: build.queueId,
    result: build.result ?? null,
    timestamp: build.startedAt,
    builtOn: '',
    changeSet: { _class: 'hudson.scm.EmptyChangeLogSet', items: [], kind: null },
    culprits: [],
  }));
}

const taskOf = (view: ViewWorld, item: Item): Fields => ({
  _class: 'hudson.model.FreeStyleProject',
  name: item.path.at(-1),
  url: itemUrl(view, item.path),
  color: colorOf(item),
});

const stateOfQueued = (queued: QueueItem, isReady: boolean): string =>
  queued.isCancelled || queued.leftAt !== undefined ? 'LeftItem' : isReady ? 'BlockedItem' : 'WaitingItem';

/** One item of the queue. */
export function viewQueueItem(view: ViewWorld, queued: QueueItem): Exposed {
  const { world, options } = view;
  const item = findItem(world, queued.job.split('/'));
  const isReady = world.time >= queued.readyAt;
  const why = isWaiting(queued) ? (whyWaiting(world, queued, options) ?? 'Waiting for next available executor') : null;
  const build = item?.builds.find(({ number }) => number === queued.buildNumber);
  const left = isWaiting(queued)
    ? isReady
      ? { buildableStartMilliseconds: queued.readyAt }
      : { timestamp: queued.readyAt }
    : {
        cancelled: queued.isCancelled,
        executable: item === undefined || build === undefined ? null : viewBuild(view, item, build),
      };
  const fields = {
    _class: `hudson.model.Queue$${stateOfQueued(queued, isReady)}`,
    actions: [...parametersOf(item, queued.parameters), causesOf(queued.user)],
    blocked: isWaiting(queued) && isReady,
    buildable: false,
    id: queued.id,
    inQueueSince: queued.since,
    params: queued.parameters.map(({ name, value }) => `\n${name}=${value}`).join(''),
    stuck: false,
    task: item === undefined ? null : taskOf(view, item),
    url: `queue/item/${queued.id}/`,
    why,
    ...left,
  };
  return new Exposed(fields);
}

/** The queue: what waits, newest first. */
export const viewQueue = (view: ViewWorld): Exposed =>
  new Exposed({ _class: 'hudson.model.Queue' }, () => ({
    discoverableItems: [],
    items: view.world.queue
      .filter(isWaiting)
      .reverse()
      .map((queued) => viewQueueItem(view, queued)),
  }));

function definitionOf({ type, name, description, defaultValue, choices }: ParameterDefinition): Fields {
  const isBoolean = type === 'BooleanParameterDefinition';
  const value = isBoolean ? defaultValue === 'true' : defaultValue;
  return {
    _class: `hudson.model.${type}`,
    defaultParameterValue: { _class: `hudson.model.${isBoolean ? 'Boolean' : 'String'}ParameterValue`, name, value },
    description,
    name,
    type,
    ...(type === 'ChoiceParameterDefinition' ? { choices } : {}),
  };
}

function viewJob(view: ViewWorld, item: Item): Exposed {
  const url = itemUrl(view, item.path);
  const short = { _class: 'hudson.model.FreeStyleProject', name: item.path.at(-1), url, color: colorOf(item) };
  const builds = item.builds.toReversed();
  const show = (build: Build | undefined) => (build === undefined ? null : viewBuild(view, item, build));
  const lastOf = (...results: readonly Build['result'][]) =>
    show(builds.find(({ result }) => results.includes(result)));
  const more = (): Fields => {
    const { parameters, description, isConcurrent } = configOf(item);
    const queued = view.world.queue.findLast((one) => isWaiting(one) && one.job === fullName(item));
    const definitions = parameters.map(definitionOf);
    const property = { _class: 'hudson.model.ParametersDefinitionProperty', parameterDefinitions: definitions };
    return {
      actions: definitions.length === 0 ? [{}] : [property, {}],
      description,
      displayName: item.path.at(-1),
      displayNameOrNull: null,
      fullDisplayName: item.path.join(' » '),
      fullName: fullName(item),
      buildable: !item.isDisabled,
      builds: builds.slice(0, 100).map(show),
      concurrentBuild: isConcurrent,
      disabled: item.isDisabled,
      downstreamProjects: [],
      firstBuild: show(builds.at(-1)),
      healthReport: [],
      inQueue: queued !== undefined,
      keepDependencies: false,
      lastBuild: show(builds[0]),
      lastCompletedBuild: lastOf('SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED'),
      lastFailedBuild: lastOf('FAILURE'),
      lastStableBuild: lastOf('SUCCESS'),
      lastSuccessfulBuild: lastOf('SUCCESS', 'UNSTABLE'),
      lastUnstableBuild: lastOf('UNSTABLE'),
      lastUnsuccessfulBuild: lastOf('UNSTABLE', 'FAILURE', 'ABORTED'),
      nextBuildNumber: item.nextBuildNumber,
      property: definitions.length === 0 ? [] : [property],
      queueItem: queued === undefined ? null : viewQueueItem(view, queued),
      upstreamProjects: [],
    };
  };
  return new Exposed(short, more, () => ({ allBuilds: builds.map(show) }));
}

/** A job or a folder. */
export function viewItem(view: ViewWorld, item: Item): Exposed {
  if (!item.isFolder) return viewJob(view, item);
  const name = item.path.at(-1);
  const short = { _class: 'com.cloudbees.hudson.plugins.folder.Folder', name, url: itemUrl(view, item.path) };
  return new Exposed(short, () => ({
    actions: [{}],
    description: configOf(item).description,
    displayName: name,
    fullDisplayName: item.path.join(' » '),
    fullName: fullName(item),
    healthReport: [],
    jobs: childrenOf(view.world, item.path).map((child) => viewItem(view, child)),
    views: [],
  }));
}

/** The whole of Jenkins. */
export const viewRoot = (view: ViewWorld): Exposed =>
  new Exposed({ _class: 'hudson.model.Hudson' }, () => ({
    assignedLabels: [{ name: 'built-in' }],
    mode: 'NORMAL',
    nodeDescription: "the Jenkins controller's built-in node",
    nodeName: '',
    numExecutors: view.options.executors,
    description: null,
    jobs: childrenOf(view.world, []).map((child) => viewItem(view, child)),
    quietingDown: view.world.isQuietingDown,
    slaveAgentPort: -1,
    url: view.rootUrl,
    useCrumbs: true,
    useSecurity: true,
    views: [{ _class: 'hudson.model.AllView', name: 'all', url: view.rootUrl }],
  }));

function viewExecutor(view: ViewWorld, number: number): Exposed {
  const found = runningBuilds(view.world).find(({ build }) => build.executor === number);
  return new Exposed({}, () => ({
    currentExecutable: found === undefined ? null : viewBuild(view, found.item, found.build),
    idle: found === undefined,
    likelyStuck: false,
    number,
    progress: found === undefined ? -1 : 0,
  }));
}

/** The one node. */
export const viewNode = (view: ViewWorld): Exposed =>
  new Exposed({ _class: 'hudson.model.Hudson$MasterComputer' }, () => ({
    displayName: 'Built-In Node',
    executors: Array.from({ length: view.options.executors }, (_, number) => viewExecutor(view, number)),
    idle: runningBuilds(view.world).length === 0,
    numExecutors: view.options.executors,
    offline: false,
    temporarilyOffline: false,
  }));

/** All nodes; they show themselves whole, as Jenkins's do. */
export const viewNodes = (view: ViewWorld): Exposed =>
  new Exposed({ _class: 'hudson.model.ComputerSet' }, () => ({
    busyExecutors: runningBuilds(view.world).length,
    computer: [{ ...viewNode(view).short, ...viewNode(view).more() }],
    displayName: 'Nodes',
    totalExecutors: view.options.executors,
  }));
