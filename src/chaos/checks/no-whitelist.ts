import type { ChaosCheck } from '../check';

/** No `whitelist` stands in the file: killing all but what it names is no longer supported (semantics §9). */
export const noWhitelist: ChaosCheck = {
  name: 'noWhitelist',
  refusal: ({ group, application }) => {
    const listed = group.environments.find((name) => application.environments.get(name)?.chaos?.hasWhitelist === true);
    const reason = `A whitelist is no longer supported, and ${application.name} has one in ${listed ?? ''}: name exceptions instead.`;
    return Promise.resolve(listed === undefined ? undefined : reason);
  },
};
