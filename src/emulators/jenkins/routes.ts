import {
  done,
  gone,
  json,
  pathOf,
  redirect,
  showJson,
  withBuild,
  withItem,
  withJob,
  type Call,
  type Handler,
} from './call';
import { failure, page, respond, type EmulatorResponse } from './exchange';
import { readJobConfig } from './job-config';
import { configOf, enqueue, stopBuild } from './schedule';
import { itemUrl, viewBuild, viewItem, viewNode, viewNodes, viewQueue, viewQueueItem, viewRoot } from './views';
import { findItem, isWaiting, type Item, type ParameterValue } from './world';

/** One route. `{item}` is a job or folder (`job/a/job/b`), `{build}` a number or `lastBuild`, `{rest}` any path. */
export type Route = {
  readonly method: 'GET' | 'POST';
  readonly pattern: string;
  readonly summary: string;
  readonly handle: Handler;
};

/** Queues a build; Jenkins says where by Location, whether it was queued before or not. */
function schedule(item: Item, { view, user }: Call, parameters: readonly ParameterValue[]): EmulatorResponse {
  if (item.isDisabled) return failure(409, `${item.path.at(-1) ?? ''} is not buildable`);
  const { id } = enqueue(view.world, item, { user: user.id, parameters }, view.options);
  return respond(201, 'text/plain;charset=utf-8', '', { Location: `${view.rootUrl}queue/item/${id}/` });
}

const build = withJob((item, call) =>
  configOf(item).parameters.length > 0
    ? failure(400, 'This page expects a form submission but had only {}')
    : schedule(item, call, []),
);

/** Takes what the job declares and drops the rest, as Jenkins does since 2.3 (SECURITY-170). */
const buildWithParameters = withJob((item, call) => {
  const { parameters } = configOf(item);
  if (parameters.length === 0) return failure(500, 'Oops! This build is not parameterized!');
  const values = parameters.map(({ name, defaultValue, type }) => {
    const given = call.form.get(name) ?? call.query.get(name) ?? defaultValue;
    return { name, value: type === 'BooleanParameterDefinition' ? String(['true', 'on'].includes(given)) : given };
  });
  const wrong = parameters.find(
    ({ type, choices }, index) => type === 'ChoiceParameterDefinition' && !choices.includes(values[index]?.value ?? ''),
  );
  if (wrong !== undefined) return failure(500, `Oops! Illegal choice for parameter ${wrong.name}`);
  return schedule(item, call, values);
});

function createItem(folder: readonly string[], { view, query, request }: Call): EmulatorResponse {
  const name = query.get('name') ?? '';
  const { world } = view;
  const isThere = folder.length === 0 || findItem(world, folder)?.isFolder === true;
  if (!isThere) return gone();
  if (!/^[^/?*\\%!@#$^&|<>[\]:;]+$/.test(name)) return failure(400, `'${name}' is no good name`);
  const path = [...folder, name];
  if (findItem(world, path) !== undefined) return failure(400, `A job already exists with the name '${name}'`);
  const from = query.get('mode') === 'copy' ? findItem(world, (query.get('from') ?? '').split('/')) : undefined;
  const config = from?.config ?? request.body ?? '';
  const read = readJobConfig(config);
  if (read === undefined) return failure(500, 'Oops! Failed to parse config.xml');
  const { isFolder, isDisabled } = read;
  world.items.push({ path, isFolder, config, isDisabled, nextBuildNumber: 1, builds: [] });
  return done();
}

const configure = withItem((item, { request }) => {
  const config = request.body ?? '';
  const read = readJobConfig(config);
  if (read?.isFolder !== item.isFolder) return failure(500, 'Oops! Failed to parse config.xml');
  Object.assign(item, { config, isDisabled: read.isDisabled });
  return done();
});

const remove = withItem((item, { view }) => {
  const isBelow = (other: Item) => item.path.every((name, index) => other.path[index] === name);
  view.world.items = view.world.items.filter((other) => !isBelow(other));
  return redirect(itemUrl(view, item.path.slice(0, -1)));
});

const setDisabled = (isDisabled: boolean): Handler =>
  withJob((item, { view }) => {
    item.isDisabled = isDisabled;
    return redirect(itemUrl(view, item.path));
  });

/** Answers 204; or, as versions before it did, a redirect to the page that the request names as its origin. */
const cancelItem: Handler = ({ view, query, form, request }) => {
  const id = Number(query.get('id') ?? form.get('id') ?? '');
  const queued = view.world.queue.find((one) => one.id === id && isWaiting(one));
  if (queued === undefined) return failure(404, 'Provided id not found');
  queued.isCancelled = true;
  queued.leftAt = view.world.time;
  const origin = request.headers?.referer;
  return origin === undefined ? respond(204, 'text/plain;charset=utf-8', '') : redirect(origin);
};

const queueItem: Handler = (call) => {
  const queued = call.view.world.queue.find(({ id }) => id === Number(call.parts.id));
  return queued === undefined ? gone() : showJson(viewQueueItem(call.view, queued), call);
};

const artifact = withBuild(({ files, artifacts }, _item, { parts }) => {
  const path = parts.rest ?? '';
  const text = artifacts.includes(path) ? files[path] : undefined;
  return text === undefined ? gone() : respond(200, 'application/octet-stream', text);
});

const progressiveText = withBuild(({ log, result }, _item, { query }) => {
  const from = Number(query.get('start') ?? 0);
  const more: Readonly<Record<string, string>> = result === undefined ? { 'X-More-Data': 'true' } : {};
  return respond(200, 'text/plain;charset=utf-8', log.slice(from), { 'X-Text-Size': String(log.length), ...more });
});

const setQuietDown =
  (isQuietingDown: boolean): Handler =>
  ({ view }) => {
    view.world.isQuietingDown = isQuietingDown;
    return redirect(view.rootUrl);
  };

const me: Handler = ({ user, view }) =>
  json({
    _class: 'hudson.model.User',
    absoluteUrl: `${view.rootUrl}user/${user.id}`,
    description: null,
    fullName: user.id,
    id: user.id,
    property: [],
  });

const deleteBuild = withBuild((found, item, { view }) => {
  item.builds = item.builds.filter((other) => other !== found);
  return redirect(itemUrl(view, item.path));
});

/** Every route, the more particular ones first. */
export const routes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/api/json',
    summary: 'Jobs and state; tree, depth',
    handle: (call) => showJson(viewRoot(call.view), call),
  },
  { method: 'GET', pattern: '/me/api/json', summary: 'Who asks', handle: me },
  {
    method: 'GET',
    pattern: '/computer/api/json',
    summary: 'The one node',
    handle: (call) => showJson(viewNodes(call.view), call),
  },
  {
    method: 'GET',
    pattern: '/computer/{name}/api/json',
    summary: 'The node with its executors, whatever its name',
    handle: (call) => showJson(viewNode(call.view), call),
  },
  {
    method: 'GET',
    pattern: '/queue/api/json',
    summary: 'What waits, newest first',
    handle: (call) => showJson(viewQueue(call.view), call),
  },
  {
    method: 'POST',
    pattern: '/queue/cancelItem',
    summary: 'Takes an item out of the queue; 204, or 404 where it left already',
    handle: cancelItem,
  },
  {
    method: 'GET',
    pattern: '/queue/item/{id}/api/json',
    summary: 'An item, until five minutes after it left',
    handle: queueItem,
  },
  { method: 'POST', pattern: '/quietDown', summary: 'Starts no more builds', handle: setQuietDown(true) },
  { method: 'POST', pattern: '/cancelQuietDown', summary: 'Starts builds again', handle: setQuietDown(false) },
  {
    method: 'POST',
    pattern: '/createItem',
    summary: 'Creates a job or folder from config.xml; name, mode=copy, from',
    handle: (call) => createItem([], call),
  },
  {
    method: 'GET',
    pattern: '/{item}/api/json',
    summary: 'A job or folder',
    handle: withItem((item, call) => showJson(viewItem(call.view, item), call)),
  },
  {
    method: 'GET',
    pattern: '/{item}/config.xml',
    summary: 'The config.xml as it was posted',
    handle: withItem(({ config }) => respond(200, 'application/xml', config)),
  },
  { method: 'POST', pattern: '/{item}/config.xml', summary: 'Replaces it', handle: configure },
  {
    method: 'POST',
    pattern: '/{item}/createItem',
    summary: 'As above, inside a folder',
    handle: (call) => createItem(pathOf(call.parts.item), call),
  },
  { method: 'POST', pattern: '/{item}/build', summary: 'Queues a build of a job without parameters', handle: build },
  {
    method: 'POST',
    pattern: '/{item}/buildWithParameters',
    summary: 'Queues a build of a job with parameters',
    handle: buildWithParameters,
  },
  { method: 'POST', pattern: '/{item}/enable', summary: 'Enables a job', handle: setDisabled(false) },
  { method: 'POST', pattern: '/{item}/disable', summary: 'Disables a job', handle: setDisabled(true) },
  { method: 'POST', pattern: '/{item}/doDelete', summary: 'Deletes a job, or a folder with all in it', handle: remove },
  {
    method: 'GET',
    pattern: '/{item}/{build}/api/json',
    summary: 'A build',
    handle: withBuild((found, item, call) => showJson(viewBuild(call.view, item, found), call)),
  },
  {
    method: 'GET',
    pattern: '/{item}/{build}/consoleText',
    summary: 'What it printed',
    handle: withBuild(({ log }) => respond(200, 'text/plain;charset=utf-8', log)),
  },
  {
    method: 'GET',
    pattern: '/{item}/{build}/logText/progressiveText',
    summary: 'What it printed from start on',
    handle: progressiveText,
  },
  { method: 'GET', pattern: '/{item}/{build}/artifact/{rest}', summary: 'An archived file', handle: artifact },
  { method: 'POST', pattern: '/{item}/{build}/doDelete', summary: 'Forgets a build', handle: deleteBuild },
  {
    method: 'POST',
    pattern: '/{item}/{build}/stop',
    summary: 'Aborts a build, which takes a second; a redirect in any case',
    handle: withBuild((found, item, { view, user }) => {
      stopBuild(view.world, found, user.id);
      return redirect(`${itemUrl(view, item.path)}${found.number}/`);
    }),
  },
  {
    method: 'GET',
    pattern: '/{item}/{build}/',
    summary: 'A page',
    handle: withBuild((found, item) => page(200, `${item.path.join(' » ')} #${found.number}`)),
  },
  {
    method: 'GET',
    pattern: '/{item}/',
    summary: 'A page',
    handle: withItem((item) => page(200, item.path.join(' » '))),
  },
  { method: 'GET', pattern: '/', summary: 'A page', handle: () => page(200, 'Dashboard [Jenkins]') },
];
