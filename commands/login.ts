import { activateLogin } from '../src/api/activate-login';
import { UserMistake } from './support/suggest';
import type { Verb } from './support/verb';

const usage = '/cox login CODE';

/** Lets the command line of this person's machine act as them: the code comes from `coxswain login`. */
export const login: Verb = {
  name: 'login',
  usage,
  summary: 'let your command line act as you',
  examples: ['/cox login ABCD2345'],
  options: [],
  run: async ({ words }, command, { store, clock }) => {
    const code = words[1];
    if (code === undefined) throw new UserMistake(`Say the code that 'coxswain login' shows: ${usage}.`);
    if (command.source.surface !== 'slack') throw new UserMistake('Log in from Slack: that is where you are known.');
    const outcome = await activateLogin(store, { code, user: command.source.user, now: clock.now() });
    if (outcome === 'activated') {
      return { type: 'reply', view: { headline: 'Your command line may now act as you.', tone: 'good' } };
    }
    throw new UserMistake(`No login waits under '${code}'. Run 'coxswain login' again: a code lasts ten minutes.`);
  },
};
