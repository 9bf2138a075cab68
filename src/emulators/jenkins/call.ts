import type { Identity } from './auth';
import { failure, page, respond, type EmulatorRequest, type EmulatorResponse } from './exchange';
import { choose, parseTree, show, type Exposed } from './exposed';
import type { ViewWorld } from './views';
import { findItem, type Build, type Item } from './world';

/** What a route sees. */
export type Call = {
  readonly view: ViewWorld;
  readonly request: EmulatorRequest;
  readonly query: URLSearchParams;
  /** The form of the body, or what stands in the query where the body is none. */
  readonly form: URLSearchParams;
  readonly user: Extract<Identity, { kind: 'user' }>;
  /** What the pattern's placeholders stood for, decoded. */
  readonly parts: Readonly<Record<string, string>>;
};

/** What a route does. */
export type Handler = (call: Call) => EmulatorResponse;

/** A JSON answer. */
export const json = (value: unknown): EmulatorResponse =>
  respond(200, 'application/json;charset=utf-8', JSON.stringify(value));
/** Nothing is there. */
export const gone = (): EmulatorResponse => failure(404, 'Not Found');
/** Done, without words. */
export const done = (): EmulatorResponse => respond(200, 'text/plain;charset=utf-8', '');
/** Done, and back to a page. */
export const redirect = (location: string): EmulatorResponse => page(302, 'Moved', { Location: location });

/** A thing as `tree` or `depth` ask for it. */
export function showJson(thing: Exposed, { query }: Call): EmulatorResponse {
  const wanted = query.get('tree');
  if (wanted === null || wanted === '') return json(show(thing, Number(query.get('depth') ?? 0)));
  const tree = parseTree(wanted);
  return tree === undefined ? failure(400, `Invalid tree: ${wanted}`) : json(choose(thing, tree));
}

/** The names in `job/a/job/b`. */
export const pathOf = (text = ''): readonly string[] => text.split('/').filter((_name, index) => index % 2 === 1);

/** A route of a job or folder. */
export const withItem =
  (act: (item: Item, call: Call) => EmulatorResponse): Handler =>
  (call) => {
    const item = findItem(call.view.world, pathOf(call.parts.item));
    return item === undefined ? gone() : act(item, call);
  };

/** A route of a job. */
export const withJob = (act: (item: Item, call: Call) => EmulatorResponse): Handler =>
  withItem((item, call) => (item.isFolder ? gone() : act(item, call)));

function findBuild({ builds }: Item, wanted: string): Build | undefined {
  if (/^\d+$/.test(wanted)) return builds.find(({ number }) => number === Number(wanted));
  const isGood = ({ result }: Build) => result === 'SUCCESS' || result === 'UNSTABLE';
  const byName: Readonly<Record<string, (build: Build) => boolean>> = {
    lastBuild: () => true,
    lastCompletedBuild: ({ result }) => result !== undefined,
    lastSuccessfulBuild: isGood,
    lastStableBuild: ({ result }) => result === 'SUCCESS',
    lastUnstableBuild: ({ result }) => result === 'UNSTABLE',
    lastFailedBuild: ({ result }) => result === 'FAILURE',
  };
  const isWanted = byName[wanted];
  return isWanted === undefined ? undefined : builds.findLast(isWanted);
}

/** A route of a build. */
export const withBuild = (act: (build: Build, item: Item, call: Call) => EmulatorResponse): Handler =>
  withJob((item, call) => {
    const build = findBuild(item, call.parts.build ?? '');
    return build === undefined ? gone() : act(build, item, call);
  });
