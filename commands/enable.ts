import type { Command } from '../src/model/command';
import { isDisabled, locationName, shortName } from '../src/model/server-group';
import type { Text } from '../src/model/text';
import { askWhichGroup, findGroups, type Asking, type NamedGroup } from './support/find-group';
import { findTarget } from './support/find-target';
import { groupLine } from './support/live-groups';
import { openTarget, type OpenTarget } from './support/open-target';
import { planOperation } from './support/plan-operation';
import { sizeOption } from './support/size-option';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox enable APPLICATION ENVIRONMENT[/REGION] vNNN [size=N]';

/** The size that a group will have: the given one, else the one that Marathon remembers. Throws a UserMistake for none. */
async function sizeOf(
  world: VerbWorld,
  { place, group }: NamedGroup,
  { given, again, usual }: { given: number | undefined; again: string; usual: number },
): Promise<number> {
  const size = given ?? (await world.serverGroups.lastNonZeroSize(place.location, group.name));
  if (size !== undefined && size > 0) return size;
  const where = locationName(place.location);
  throw new UserMistake(`Marathon remembers no size of ${group.name} in ${where}. Say one: size=N.`, [
    `${again} size=${usual}`,
  ]);
}

/** What serves in a place already, beside which the group will. */
function besideLine({ place, group }: NamedGroup): readonly Text[] {
  const beside = place.groups.filter((other) => other.name !== group.name && !isDisabled(other));
  if (beside.length === 0) return [];
  return [`In ${locationName(place.location)} it serves beside ${beside.map(groupLine).join(', ')}, which stays.`];
}

function plan(
  target: OpenTarget,
  named: readonly NamedGroup[],
  sizes: ReadonlyMap<NamedGroup, number>,
  command: Command,
  given: number | undefined,
): VerbAnswer {
  const operation = {
    label: 'Enable',
    type: 'enableServerGroup',
    named,
    ...(given === undefined ? {} : { context: { capacity: { desired: given } } }),
    change: (each: NamedGroup) => sizes.get(each) ?? 0,
    lines: named.flatMap(besideLine),
  };
  return { type: 'plan', plan: planOperation(target, operation, command), confirm: target.environment.confirm };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const given = sizeOption(words);
  const target = await openTarget(findTarget(world.definitions(), words, usage), command, world);
  if ('refusal' in target) return { type: 'reply', view: target.refusal };
  const [, application = '', where = '', word] = words.words;
  const again = (other: string) => `enable ${application} ${where} ${other}`;
  const asking: Asking = { name: target.name, again };
  if (word === undefined) return { type: 'reply', view: askWhichGroup(target.places, asking, isDisabled) };
  const found = findGroups(target.places, word, asking);
  const named = found.filter(({ group }) => isDisabled(group));
  const [first] = found;
  if (named.length === 0 && first !== undefined) {
    const again = `resize ${target.name} N group=${shortName(first.group.name)}`;
    const lines = [`Nothing was started. For another size: /${again}`];
    return { type: 'reply', view: { headline: `${first.group.name} is in service already.`, tone: 'neutral', lines } };
  }
  const choice = { given, again: again(word), usual: target.environment.instances };
  const sizes = new Map(
    await Promise.all(named.map(async (each) => [each, await sizeOf(world, each, choice)] as const)),
  );
  return plan(target, named, sizes, command, given);
}

/** Brings a server group back into service. */
export const enable: Verb = {
  name: 'enable',
  usage,
  summary: 'bring a server group back into service, at the size it had',
  examples: ['/cox enable foo prod v003', '/cox enable foo prod/east v003 size=2'],
  options: ['size'],
  run,
};
