import { executionKind } from '../../src/engine/document-kinds';
import { readHistory } from '../../src/engine/read-history';
import type { Application } from '../../src/model/application';
import { clusterOf } from '../../src/model/cluster-of';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import type { Text } from '../../src/model/text';
import type { Choice, View } from '../../src/model/view';
import { nearest, UserMistake } from './suggest';
import type { VerbWorld } from './verb';

/** The execution that was meant and the words after its name, or the question which. */
export type FoundExecution =
  { readonly execution: Execution; readonly rest: readonly string[] } | { readonly question: View };

/** How an execution is asked for: `label` is the button's (`Cancel`), `again` the same command for one id. */
export type Wanted = {
  readonly label: string;
  readonly again: (id: string) => string;
  /** Whether one that is over may be meant too. */
  readonly canBeOver: boolean;
};

/** How many executions are offered as buttons, how many are named, and how many are read. */
const [mostOffered, mostNamed, mostRead] = [5, 20, 100];

const byNewest = (found: readonly { readonly document: Execution }[]): readonly Execution[] =>
  found.map(({ document }) => document).toSorted((a, b) => b.buildTime - a.buildTime);

/** What is under way, newest first; of very many the newest. */
async function readActive(world: VerbWorld): Promise<readonly Execution[]> {
  const index = { name: 'active', value: 'true' };
  return byNewest(await world.store.list(executionKind, { index, newestFirst: true, limit: mostRead }));
}

/** Executions of an application, newest first. */
export async function readOfApplication(world: VerbWorld, application: string): Promise<readonly Execution[]> {
  const index = { name: 'application', value: application };
  return byNewest(await world.store.list(executionKind, { index, newestFirst: true, limit: mostRead }));
}

function ask(executions: readonly Execution[], { label, again }: Wanted): View {
  const { length } = executions;
  const named = executions
    .slice(0, mostNamed)
    .map(({ id, name, trigger }): Text => [{ code: id }, ` ${name}, asked by `, { person: trigger.user }]);
  const more =
    length > mostNamed ? ['These are the newest. Name an application and an environment for the others.'] : [];
  const choices = executions.slice(0, mostOffered).map(({ id, name }): Choice => ({
    name: 'run',
    label: `${label} ${name}`,
    target: { kind: 'run', text: again(id) },
  }));
  const count = length < mostRead ? `${length}` : `${length} or more`;
  return {
    headline: `${count} are under way. Which?`,
    tone: 'attention',
    undone: true,
    lines: [...named, ...more],
    choices,
  };
}

/** The only one under way; else, where that may be meant, the newest of all. */
function choose(
  executions: readonly Execution[],
  wanted: Wanted,
  { rest, where }: { readonly rest: readonly string[]; readonly where: string },
): FoundExecution {
  const active = executions.filter(({ status }) => !isComplete(status));
  const [first, ...others] = active;
  if (others.length > 0) return { question: ask(active, wanted) };
  const execution = first ?? (wanted.canBeOver ? executions[0] : undefined);
  if (execution !== undefined) return { execution, rest };
  const nothing = wanted.canBeOver ? `Nothing has been run${where}.` : `Nothing is under way${where}.`;
  return { question: { headline: nothing, tone: 'attention', undone: true } };
}

async function findOfApplication(
  world: VerbWorld,
  application: Application,
  words: readonly string[],
  wanted: Wanted,
): Promise<FoundExecution> {
  const [word = '', ...rest] = words;
  const environment = application.environments.get(word.replace(/\/.*$/, ''));
  if (environment !== undefined) {
    const history = await readHistory(world.store, clusterOf(application, environment));
    return choose(history, wanted, { rest, where: ` in ${application.name} ${environment.name}` });
  }
  return choose(await readOfApplication(world, application.name), wanted, {
    rest: words,
    where: ` of ${application.name}`,
  });
}

/**
 * The execution that words begin with: its id, or an application and perhaps an environment; without any the only one under
 * way. Throws a UserMistake with the nearest id or application.
 */
export async function findExecution(
  world: VerbWorld,
  words: readonly string[],
  wanted: Wanted,
): Promise<FoundExecution> {
  const [word, ...rest] = words;
  if (word === undefined) return choose(await readActive(world), { ...wanted, canBeOver: false }, { rest, where: '' });
  const known = await world.store.get(executionKind, word);
  if (known !== undefined) return { execution: known.document, rest };
  const { applications } = world.definitions();
  const application = applications.get(word);
  if (application !== undefined) return findOfApplication(world, application, rest, wanted);
  const ids = (await readActive(world)).map(({ id }) => id);
  const meant = nearest(word, [...ids, ...applications.keys()]);
  const suggestions = meant === undefined ? [] : [wanted.again([meant, ...rest].join(' '))];
  throw new UserMistake(`There is no execution '${word}', and no application of that name.`, suggestions);
}
