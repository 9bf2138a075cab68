import type { Command } from '../src/model/command';
import { locationName } from '../src/model/server-group';
import type { Text } from '../src/model/text';
import type { Choice, View } from '../src/model/view';
import { askGuard } from './support/checks';
import { draftExecution, inSequence } from './support/draft';
import { findInstance, instanceLines, instancesIn, instanceText, type NamedInstance } from './support/find-instance';
import { findTarget } from './support/find-target';
import { factsOf, groupLine } from './support/live-groups';
import { openTarget, type OpenTarget } from './support/open-target';
import { servingText, versionsText } from './support/plan-operation';
import type { PlanCard, Verb, VerbAnswer, VerbWorld } from './support/verb';
import { isYes, type Words } from './support/words';

const usage = '/cox terminate APPLICATION ENVIRONMENT[/REGION] INSTANCE-ID [decrement=yes] [anyway=yes]';

/** How many instances are offered as buttons. */
const mostOffered = 5;

/** The instances that there are, those that do not serve first. */
function askWhich({ name, places }: OpenTarget, again: (id: string) => string, now: number): View {
  const known = instancesIn(places);
  const sickFirst = [
    ...known.filter(({ instance }) => !instance.serving),
    ...known.filter(({ instance }) => instance.serving),
  ];
  const choices = sickFirst.slice(0, mostOffered).map(({ instance }): Choice => ({
    name: 'run',
    label: `Terminate …${instance.id.slice(-12)}`,
    target: { kind: 'run', text: again(instance.id) },
  }));
  if (choices.length === 0) return { headline: `${name} has no instances now.`, tone: 'attention', undone: true };
  return {
    headline: `Which instance of ${name}?`,
    tone: 'attention',
    undone: true,
    lines: [...instanceLines(sickFirst, now), `Say its id: ${usage}.`],
    choices,
  };
}

function linesOf({ group }: NamedInstance, forGood: boolean): readonly Text[] {
  if (!forGood) return ['DC/OS starts another in its place. To make the server group smaller: decrement=yes.'];
  return [`No other takes its place: ${group.name} goes from ${group.desired} to ${Math.max(0, group.desired - 1)}.`];
}

function planTermination(
  target: OpenTarget,
  named: NamedInstance,
  { forGood, command, now }: { readonly forGood: boolean; readonly command: Command; readonly now: number },
): PlanCard {
  const { application, environment, cluster, places } = target;
  const { place, group, instance } = named;
  const { location } = place;
  const name = `Terminate ${instance.id} in ${locationName(location)}`;
  const draft = draftExecution({
    kind: 'operation',
    name,
    application,
    environment,
    locations: [location],
    stages: inSequence([
      {
        type: forGood ? 'terminateInstanceAndDecrementServerGroup' : 'terminateInstances',
        name: `Terminate ${instance.id}`,
        context: { location, cluster, serverGroupName: group.name, instanceIds: [instance.id] },
      },
    ]),
    command,
    toVersion: versionsText([group]),
  });
  const change = forGood && instance.serving ? -1 : 0;
  const view: View = {
    headline: ['Terminate ', { code: instance.id }, ` in ${locationName(location)}`],
    tone: 'neutral',
    lines: [`It ${instanceText(named, now)}.`, ...linesOf(named, forGood)],
    facts: [{ label: locationName(location), value: `${groupLine(group)} · ${servingText(place, change)}` }],
  };
  const facts = { ...factsOf(places), instance: instance.id, decrement: forGood ? 'yes' : 'no' };
  return { draft, facts, view, confirmLabel: 'Terminate', isDestructive: true };
}

async function run(words: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const forGood = isYes(words, 'decrement');
  const target = await openTarget(findTarget(world.definitions(), words, usage), command, world);
  if ('refusal' in target) return { type: 'reply', view: target.refusal };
  const [, application = '', where = '', word] = words.words;
  const again = (id: string) => `terminate ${application} ${where} ${id}${forGood ? ' decrement=yes' : ''}`;
  const now = world.clock.now();
  if (word === undefined) return { type: 'reply', view: askWhich(target, again, now) };
  const named = findInstance(instancesIn(target.places), word, { name: target.name, again });
  const leaving = [{ place: named.place, going: [], instances: [named.instance.id] }];
  const operation = 'Terminating the requested instance(s) in';
  const verdict = askGuard(world, { operation, cluster: target.cluster, leaving }, words);
  if ('refusal' in verdict) return { type: 'reply', view: verdict.refusal };
  const plan = planTermination(target, named, { forGood, command, now });
  const view = { ...plan.view, lines: [...(plan.view.lines ?? []), ...verdict.lines] };
  return { type: 'plan', plan: { ...plan, view }, confirm: true };
}

/** Kills one instance; DC/OS starts another unless it is told not to. */
export const terminate: Verb = {
  name: 'terminate',
  usage,
  summary: 'kill one instance; without its id, the instances with their state',
  examples: ['/cox terminate foo prod foo-prod-v003.4f2a', '/cox terminate foo prod 4f2a decrement=yes'],
  options: ['decrement', 'anyway'],
  run,
};
