import type { Clock } from './clock';
import type { JsonObject } from './json';
import type { Change, StoredMessage } from './message';
import type { Channel, Person, SlashCommand, UserGroup, WorkspaceData } from './workspace-data';

/** What survives a restart. */
export type SavedWorkspace = {
  readonly messages: readonly StoredMessage[];
  readonly homes: readonly (readonly [string, JsonObject])[];
  readonly lastMicros: number;
  readonly lastId: number;
};

/** The emulated workspace: people, channels, messages, views and counters. Changes are announced to subscribers. */
export class Workspace {
  readonly team: { readonly id: string; readonly name: string };
  readonly users: readonly Person[];
  readonly channels: readonly Channel[];
  readonly userGroups: readonly UserGroup[];
  readonly bot: { readonly id: string; readonly botId: string; readonly name: string; readonly appId: string };
  readonly clock: Clock;
  /** Open modals of each person, the one on top last. */
  readonly views = new Map<string, readonly JsonObject[]>();
  /** Published Home tabs by person. */
  readonly homes: Map<string, JsonObject>;
  commands: readonly SlashCommand[];
  private readonly messages = new Map<string, StoredMessage[]>();
  private readonly listeners = new Set<(change: Change) => void>();
  private lastMicros: number;
  private lastId: number;

  constructor(data: WorkspaceData, clock: Clock, saved?: SavedWorkspace) {
    this.team = data.team ?? { id: 'T00000001', name: 'demo' };
    this.users = data.users;
    this.channels = data.channels;
    this.userGroups = data.userGroups ?? [];
    this.commands = data.commands ?? [];
    this.bot = {
      id: data.botUserId ?? 'U0BOT',
      botId: 'B00000001',
      name: data.botName ?? 'bot',
      appId: 'A00000001',
    };
    this.clock = clock;
    this.homes = new Map(saved?.homes);
    this.lastMicros = saved?.lastMicros ?? 0;
    this.lastId = saved?.lastId ?? 0;
    for (const message of saved?.messages ?? []) this.inChannel(message.channel).push(message);
  }

  /** Everything that a restart must bring back. */
  save(): SavedWorkspace {
    return {
      messages: [...this.messages.values()].flat(),
      homes: [...this.homes],
      lastMicros: this.lastMicros,
      lastId: this.lastId,
    };
  }

  /** Calls back on every change; returns the function that stops it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells the subscribers. */
  announce(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** A new id such as `V000000A1`, never given twice, not even after a restart with a data file. */
  nextId(prefix: string): string {
    this.lastId += 1;
    return `${prefix}${this.lastId.toString(36).toUpperCase().padStart(8, '0')}`;
  }

  /** A new message timestamp, later than every earlier one. */
  nextTs(): string {
    this.lastMicros = Math.max(this.lastMicros + 1, this.clock.now() * 1000);
    const micros = String(this.lastMicros).padStart(7, '0');
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
  }

  /** The id of a person's direct messages with the bot. */
  dmOf(user: string): string {
    return `D${user.slice(1)}`;
  }

  /** The person with this id. */
  person(id: string): Person | undefined {
    return this.users.find((user) => user.id === id);
  }

  /** A channel by id, by name with or without '#', or the direct messages by D… or U… id. */
  channel(idOrName: string): Channel | undefined {
    const name = idOrName.replace(/^#/, '');
    const found = this.channels.find((channel) => channel.id === idOrName || channel.name === name);
    if (found !== undefined) return found;
    const owner = this.users.find((user) => user.id === idOrName || this.dmOf(user.id) === idOrName);
    return owner === undefined ? undefined : { id: this.dmOf(owner.id), name: 'directmessage' };
  }

  /** The person whose direct messages this channel is; undefined for an ordinary channel. */
  dmOwner(channel: string): Person | undefined {
    return this.users.find((user) => this.dmOf(user.id) === channel);
  }

  /** The channel as one person may use it: not the direct messages of another. */
  channelFor(user: string, idOrName: string): Channel | undefined {
    const channel = this.channel(idOrName);
    const owner = this.dmOwner(channel?.id ?? '');
    return owner === undefined || owner.id === user ? channel : undefined;
  }

  /** A channel's messages, oldest first, ephemeral ones included. */
  messagesIn(channel: string): readonly StoredMessage[] {
    return this.inChannel(channel);
  }

  /** The message with this key, ephemeral ones included. */
  message(channel: string, ts: string): StoredMessage | undefined {
    return this.inChannel(channel).find((message) => message.ts === ts);
  }

  /** Appends a message and announces it. */
  post(message: Omit<StoredMessage, 'ts'>): StoredMessage {
    const posted = { ...message, blocks: this.withIds(message.blocks), ts: this.nextTs() };
    this.inChannel(message.channel).push(posted);
    this.announce({ type: 'message', message: posted });
    return posted;
  }

  /** Replaces a message by its new version and announces it; does nothing when it is gone. */
  change(message: StoredMessage): StoredMessage {
    const all = this.inChannel(message.channel);
    const index = all.findIndex((each) => each.ts === message.ts);
    const changed = { ...message, blocks: this.withIds(message.blocks) };
    if (index === -1) return changed;
    all[index] = changed;
    this.announce({ type: 'message_changed', message: changed });
    return changed;
  }

  /** Removes a message and announces it. */
  remove(message: StoredMessage): void {
    const rest = this.inChannel(message.channel).filter((each) => each.ts !== message.ts);
    this.messages.set(message.channel, rest);
    this.announce({ type: 'message_deleted', message });
  }

  /** Blocks with the ids that Slack gives to blocks and elements that have none. */
  withIds(blocks: readonly JsonObject[]): readonly JsonObject[] {
    const named = (element: unknown): unknown => {
      const object = element as JsonObject | undefined;
      const interactive = typeof object?.type === 'string' && !['image', 'mrkdwn', 'plain_text'].includes(object.type);
      return interactive && !object.action_id ? { ...object, action_id: this.nextId('a') } : element;
    };
    return blocks.map((block) => ({
      ...block,
      block_id: block.block_id === undefined || block.block_id === '' ? this.nextId('b') : block.block_id,
      ...(block.type === 'actions' && Array.isArray(block.elements) ? { elements: block.elements.map(named) } : {}),
      ...(block.accessory === undefined ? {} : { accessory: named(block.accessory) }),
      ...(block.element === undefined ? {} : { element: named(block.element) }),
    }));
  }

  private inChannel(channel: string): StoredMessage[] {
    const found = this.messages.get(channel);
    if (found !== undefined) return found;
    const created: StoredMessage[] = [];
    this.messages.set(channel, created);
    return created;
  }
}
