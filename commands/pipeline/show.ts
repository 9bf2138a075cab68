import { findExecution } from '../support/find-execution';
import { UserMistake } from '../support/suggest';
import type { Subverb } from './subverb';

/** What an execution is doing or did: its live message, for whoever asks. */
export const show: Subverb = {
  name: 'show',
  usage: 'EXECUTION-ID or APPLICATION [ENVIRONMENT]',
  options: [],
  run: async ({ words }, _command, world) => {
    const again = (id: string) => `pipeline show ${id}`;
    const found = await findExecution(world, words.slice(2), { label: 'Show', again, canBeOver: true });
    if ('question' in found) return { type: 'reply', view: found.question };
    const { execution, rest } = found;
    if (rest.length > 0) throw new UserMistake(`I do not understand '${rest.join(' ')}'.`, [again(execution.id)]);
    const view = world.show(execution);
    return { type: 'reply', view: { ...view, lines: [['Execution ', { code: execution.id }], ...(view.lines ?? [])] } };
  },
};
