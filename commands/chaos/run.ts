import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { mayDeploy, type Permission } from '../../src/policy/permissions';
import { unknownWord } from '../support/find-target';
import { UserMistake } from '../support/suggest';
import type { VerbWorld } from '../support/verb';
import { chaosEnvironments, namedApplication } from './find-chaos';
import type { Subverb } from './subverb';

const usage = 'APPLICATION [ENVIRONMENT]';

/** The environments that are meant, and of those the first that this person may not change. */
async function judge(
  environments: readonly Environment[],
  application: string,
  { source }: Command,
  world: VerbWorld,
): Promise<Permission | undefined> {
  const people = await world.people([source.user]);
  return environments
    .map(({ policy, name }) => mayDeploy(policy, people, source.user, `${application} ${name}`))
    .find(({ allowed }) => !allowed);
}

/** Draws one kill now, with the same checks; its card always asks first. */
export const run: Subverb = {
  name: 'run',
  usage,
  options: [],
  run: async (words, command, world) => {
    const application = namedApplication(words, world, 4);
    if (application === undefined) throw new UserMistake(`Say which application: /cox chaos run ${usage}.`);
    const { name } = application;
    const place = words.words[3];
    const all = chaosEnvironments(application);
    const meant = place === undefined ? all : all.filter((environment) => environment.name === place);
    if (place !== undefined && meant.length === 0) {
      const known = all.map((environment) => environment.name);
      throw unknownWord(`environment with chaos of ${name}`, place, known, (word) => `chaos run ${name} ${word}`);
    }
    const refused = await judge(meant, name, command, world);
    if (refused?.allowed === false)
      return { type: 'reply', view: { headline: refused.reason, tone: 'bad', denied: true } };
    const { source } = command;
    const answer = await world.chaos.ask({
      commandId: command.id,
      user: source.user,
      ...(source.surface === 'slack' ? { channel: source.channel } : {}),
      application,
      environments: meant.map((environment) => environment.name),
    });
    if ('refusal' in answer)
      return { type: 'reply', view: { headline: answer.refusal, tone: 'attention', undone: true } };
    const headline = [
      'Drawn for ',
      { code: answer.kill.group.key },
      ': its card asks in the channel before anything is killed.',
    ];
    return { type: 'reply', view: { headline, tone: 'good', footer: `Kill ${answer.kill.id}` } };
  },
};
