import { fetchState, listen } from './api.js';

const messageKey = (message) => `${message.channel}:${message.ts}`;
const byTime = (left, right) => Number(left.ts) - Number(right.ts);
export const isDirect = (channelId) => channelId.startsWith('D');

/** Everything the page shows. `onChange(state)` follows every change, `onNotice(text)` every notice. */
export class Store {
  state = undefined;
  messages = new Map();
  channel = undefined;
  thread = undefined;
  connected = false;
  #readUpTo = new Map();
  #stop = () => {};
  #turn = 0;
  #isLoading = false;
  #opening = Promise.resolve();
  #queue = [];

  constructor({ onChange, onNotice }) {
    this.onChange = onChange;
    this.onNotice = onNotice;
  }

  get userId() {
    return this.state?.me.id ?? this.state?.me;
  }

  /** Shows a place `{user, channel, thread}`; another user means another connection and a fresh state. */
  open(place) {
    // One after another, so that two quick switches end at the second.
    const opened = this.#opening.then(() => this.#open(place));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #open(place) {
    if (this.state === undefined || (place.user !== undefined && place.user !== this.userId)) {
      await this.#connect(place.user);
    }
    this.channel = this.#knownChannel(place.channel);
    this.thread = this.channel === place.channel ? place.thread : undefined;
    this.#markRead();
    this.onChange();
  }

  async #connect(user) {
    this.#stop();
    // An address may name a user of an earlier demo: the first user is better than an empty page.
    await this.refresh(user).catch(() => this.refresh(undefined));
    this.#stop = listen(this.userId, {
      onOpen: () => this.#reconnected(),
      onDown: () => this.#setConnected(false),
      onEvent: (name, data) => this.#receive(name, data),
    });
  }

  #reconnected() {
    this.#setConnected(true);
    this.refresh(this.userId).then(this.onChange, () => this.#setConnected(false));
  }

  #setConnected(connected) {
    this.connected = connected;
    this.onChange();
  }

  /** Fetches the state; events that arrive meanwhile are applied after it, and an answer overtaken by another is dropped. */
  async refresh(user) {
    const turn = ++this.#turn;
    this.#isLoading = true;
    this.#queue = [];
    try {
      const state = await fetchState(user);
      if (turn === this.#turn) this.#replace(state);
    } finally {
      if (turn === this.#turn) this.#drain();
    }
  }

  #replace(state) {
    this.state = { ...state, view: state.openView ?? null };
    this.messages = new Map(state.messages.map((message) => [messageKey(message), message]));
    this.#rememberRead();
  }

  #drain() {
    this.#isLoading = false;
    for (const [name, data] of this.#queue.splice(0)) this.#apply(name, data);
  }

  #receive(name, data) {
    if (this.#isLoading) this.#queue.push([name, data]);
    else this.#apply(name, data);
    this.#markRead();
    this.onChange();
  }

  #apply(name, data) {
    if (name === 'notice') this.#notice(data.text);
    else if (name === 'view') this.state = { ...this.state, view: data.view ?? null };
    else if (name === 'message_deleted') this.messages.delete(messageKey(data));
    else this.messages.set(messageKey(data), data);
  }

  // A notice mostly tells that the bot came or went, which no event of its own does.
  #notice(text) {
    this.onNotice(text);
    const update = ({ bot, commands }) => {
      this.state = { ...this.state, bot, commands };
      this.onChange();
    };
    fetchState(this.userId).then(update, () => this.#setConnected(false));
  }

  #knownChannel(id) {
    const channels = this.allChannels();
    const same = channels.find((channel) => channel.id === id);
    const direct = id !== undefined && isDirect(id) ? channels.find((channel) => isDirect(channel.id)) : undefined;
    return (same ?? direct ?? channels[0])?.id;
  }

  /** The channels of the state, and direct conversations that only a message speaks of, named after the bot. */
  allChannels() {
    const { channels, bot } = this.state;
    const known = new Set(channels.map((channel) => channel.id));
    const seen = new Set([...this.messages.values()].map((message) => message.channel));
    const direct = [...seen].filter((id) => isDirect(id) && !known.has(id));
    return [...channels, ...direct.map((id) => ({ id, name: bot.name }))];
  }

  /** A channel's main list: no replies, except those also sent to the channel. */
  channelMessages(channel = this.channel) {
    return this.#select((message) => message.channel === channel && (!isReply(message) || message.broadcast));
  }

  replies(parent) {
    return this.#select(
      (message) => message.channel === parent.channel && isReply(message) && message.threadTs === parent.ts,
    );
  }

  message(channel, ts) {
    return this.messages.get(`${channel}:${ts}`);
  }

  #select(isWanted) {
    return [...this.messages.values()].filter(isWanted).sort(byTime);
  }

  // What a user has read is kept per user while the page is open; the first visit counts everything as read.
  #rememberRead() {
    if (this.#readUpTo.has(this.userId)) return;
    const latest = this.#select(() => true).at(-1);
    this.#readUpTo.set(this.userId, { start: latest?.ts ?? '0', channels: new Map() });
  }

  #markRead() {
    const latest = this.#select((message) => message.channel === this.channel).at(-1);
    if (latest) this.#readUpTo.get(this.userId)?.channels.set(this.channel, latest.ts);
  }

  unread(channel) {
    const read = this.#readUpTo.get(this.userId);
    const since = Math.max(Number(read?.start ?? 0), Number(read?.channels.get(channel) ?? 0));
    return this.#select((message) => message.channel === channel && Number(message.ts) > since).length;
  }
}

export const isReply = (message) => message.threadTs !== undefined && message.threadTs !== message.ts;
