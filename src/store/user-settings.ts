import { Keyv, type KeyvStoreAdapter } from 'keyv';

/** Every choice of `directMessages`. */
export const directMessageChoices = ['all', 'failures', 'none'] as const;

/** About which outcomes a person gets direct messages. */
export type DirectMessages = (typeof directMessageChoices)[number];

/** Every choice of `judgments`. */
export const judgmentChoices = ['channel', 'direct'] as const;

/** Where a person is asked for decisions: in the channel alone, or by themselves too. */
export type JudgmentMessages = (typeof judgmentChoices)[number];

/** What a person can set for themselves; absent means the default of whoever asks. */
export type UserSettings = {
  /** About which outcomes of their own executions the person gets a direct message; absent: as the application says. */
  readonly directMessages?: DirectMessages;
  /** Where the person is asked for decisions that they may make; absent: in the channel alone. */
  readonly judgments?: JudgmentMessages;
};

/** One setting's name. */
export type UserSettingName = keyof UserSettings;

/** Whose settings: a Slack workspace and a person in it. */
export type SettingsOwner = { readonly teamId: string; readonly userId: string };

/** Reads and writes people's settings. */
export type UserSettingsStore = {
  /** All that the person has set. */
  readonly get: (owner: SettingsOwner) => Promise<UserSettings>;
  /** Sets one; the last writer wins, and no other setting is touched. */
  readonly set: <Name extends UserSettingName>(
    owner: SettingsOwner,
    name: Name,
    value: NonNullable<UserSettings[Name]>,
  ) => Promise<void>;
  /** Goes back to the default; false when it was not set. */
  readonly reset: (owner: SettingsOwner, name: UserSettingName) => Promise<boolean>;
};

/** Every setting, in the order in which to show them. */
export const userSettingNames: readonly UserSettingName[] = ['directMessages', 'judgments'];

/**
 * People's settings in Keyv, each under a key of its own, since Keyv would lose one of two settings changed at once.
 * `adapter` is this store's alone: `createKeyvStore(...)`, or Keyv's own for Redis.
 */
export function createUserSettings(adapter: KeyvStoreAdapter): UserSettingsStore {
  // Without throwOnErrors Keyv answers a failed write as if it had worked.
  const keyv = new Keyv<unknown>({ store: adapter, namespace: 'user-settings', throwOnErrors: true });
  const keyOf = ({ teamId, userId }: SettingsOwner, name: UserSettingName): string => `${teamId}:${userId}:${name}`;
  return {
    get: async (owner) => {
      const values = await Promise.all(userSettingNames.map((name) => keyv.get(keyOf(owner, name))));
      const found = userSettingNames.map((name, position) => [name, values[position]] as const);
      return Object.fromEntries(found.filter(([, value]) => value !== undefined));
    },
    set: async (owner, name, value) => {
      await keyv.set(keyOf(owner, name), value);
    },
    reset: (owner, name) => keyv.delete(keyOf(owner, name)),
  };
}
