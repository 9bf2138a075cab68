import type { ChaosCheck } from '../check';

/** Nobody has locked one of the environments. */
export const noLock: ChaosCheck = {
  name: 'noLock',
  refusal: async ({ reading, group, application }) => {
    for (const name of group.environments) {
      const environment = application.environments.get(name);
      const locked = environment && (await reading.locked(environment));
      if (locked !== undefined) return locked;
    }
    return undefined;
  },
};
