import type { ChaosCheck } from '../check';

/** The operator has listed the account. */
export const accountListed: ChaosCheck = {
  name: 'accountListed',
  refusal: ({ world, group }) =>
    Promise.resolve(
      world.settings.accounts.includes(group.account)
        ? undefined
        : `Account ${group.account} is none in which chaos kills (CHAOS_ACCOUNTS).`,
    ),
};
