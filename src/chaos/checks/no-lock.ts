import type { ChaosCheck } from '../check';

/** Nobody has locked one of the environments. */
export const noLock: ChaosCheck = {
  name: 'noLock',
  refusal: async ({ world, group, application }) => {
    for (const name of group.environments) {
      const environment = application.environments.get(name);
      const locked = environment && (await world.locked(application, environment));
      if (locked !== undefined) return locked;
    }
    return undefined;
  },
};
