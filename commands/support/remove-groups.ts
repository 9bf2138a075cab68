import type { Command } from '../../src/model/command';
import { countServing, isDisabled, locationName, shortName } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { askGuard, type GuardVerdict } from './checks';
import { askWhichGroup, findGroups, type Asking, type NamedGroup } from './find-group';
import { findTarget } from './find-target';
import { groupLine, servingGroup } from './live-groups';
import { openTarget, type OpenTarget } from './open-target';
import { planOperation } from './plan-operation';
import { runChoice } from './suggest';
import type { VerbAnswer, VerbWorld } from './verb';
import type { Words } from './words';

/** A verb that takes server groups out of service, or away. */
export type RemovalVerb = {
  readonly name: 'destroy' | 'disable';
  readonly usage: string;
  /** `Destroy`. */
  readonly label: string;
  readonly type: string;
  /** As the traffic guard's answer begins. */
  readonly operation: string;
  readonly lines: readonly Text[];
  /** Says why there is nothing to do; undefined where there is. */
  readonly refuse: (named: readonly NamedGroup[]) => View | undefined;
};

/** What serves in a place once the group is gone. */
function successorLine({ place, group }: NamedGroup): readonly Text[] {
  if (isDisabled(group)) return [];
  const next = servingGroup(place.groups.filter(({ name }) => name !== group.name));
  const serving = next === undefined ? 'nothing serves' : `${groupLine(next)} serves`;
  return [`In ${locationName(place.location)} ${serving} then.`];
}

/** The guard's verdict; a refusal offers what may be put in service first. */
function askFor(
  world: VerbWorld,
  verb: RemovalVerb,
  { name, cluster }: OpenTarget,
  { named, words }: { readonly named: readonly NamedGroup[]; readonly words: Words },
): GuardVerdict {
  const leaving = named.map(({ place, group }) => ({ place, going: [group.name] }));
  const verdict = askGuard(world, { operation: verb.operation, cluster, leaving }, words);
  if (!('refusal' in verdict)) return verdict;
  const others = named.flatMap(({ place, group }) =>
    place.groups
      .filter((other) => other.name !== group.name && isDisabled(other))
      .map(({ name: other }) => shortName(other)),
  );
  const enabling = [...new Set(others)].slice(0, 2).map((word) => runChoice(`enable ${name} ${word}`));
  const { refusal } = verdict;
  return { refusal: { ...refusal, choices: [...enabling, ...(refusal.choices ?? [])] } };
}

/** Plans the removal of the named group in each place that has it; it is always confirmed. */
export async function planRemoval(
  verb: RemovalVerb,
  words: Words,
  command: Command,
  world: VerbWorld,
): Promise<VerbAnswer> {
  const target = await openTarget(findTarget(world.definitions(), words, verb.usage), command, world);
  if ('refusal' in target) return { type: 'reply', view: target.refusal };
  const [, application = '', where = '', word] = words.words;
  const asking: Asking = { name: target.name, again: (other) => `${verb.name} ${application} ${where} ${other}` };
  if (word === undefined)
    return {
      type: 'reply',
      view: askWhichGroup(target.places, asking, (group) => verb.name === 'destroy' || !isDisabled(group)),
    };
  const found = findGroups(target.places, word, asking);
  const idle = verb.refuse(found);
  if (idle !== undefined) return { type: 'reply', view: idle };
  const verdict = askFor(world, verb, target, { named: found, words });
  if ('refusal' in verdict) return { type: 'reply', view: verdict.refusal };
  const { label, type } = verb;
  const lines = [...verb.lines, ...found.flatMap(successorLine), ...verdict.lines];
  const change = ({ group }: NamedGroup) => -countServing(group);
  const plan = planOperation(target, { label, type, named: found, change, lines }, command);
  return { type: 'plan', plan: { ...plan, isDestructive: true }, confirm: true };
}
