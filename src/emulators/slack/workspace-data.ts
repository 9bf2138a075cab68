/** A person of the workspace; `role` is a free word that only the chat page shows. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly realName?: string;
  readonly role?: string;
};

/** A channel everybody is in. */
export type Channel = { readonly id: string; readonly name: string };

/** A user group (`@handle`) and the ids of its members. */
export type UserGroup = {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
};

/** A slash command as the chat page completes it. */
export type SlashCommand = { readonly command: string; readonly usageHint?: string; readonly description?: string };

/** Who and what the workspace holds, given by the caller: the emulator invents nobody. */
export type WorkspaceData = {
  readonly users: readonly Person[];
  readonly channels: readonly Channel[];
  readonly userGroups?: readonly UserGroup[];
  readonly commands?: readonly SlashCommand[];
  /** @default { id: 'T00000001', name: 'demo' } */
  readonly team?: { readonly id: string; readonly name: string };
  /** @default 'U0BOT' */
  readonly botUserId?: string;
  /** @default 'bot' */
  readonly botName?: string;
};
