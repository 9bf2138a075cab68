import type { WebClient } from '@slack/web-api';

/** Finds channel ids; Slack's history and edits take no names. */
export type ChannelDirectory = {
  /** The id of a channel given by name (without or with '#') or id; undefined when there is none the bot can see. */
  readonly idOf: (channel: string) => Promise<string | undefined>;
  /** Remembers what Slack told in passing. */
  readonly learn: (channel: string, id: string) => void;
};

const maxPages = 50;

/** Whether this is a channel's id rather than its name: Slack's names are lower case. */
export const isChannelId = (channel: string): boolean => /^[CGD][A-Z0-9]{2,}$/.test(channel);

/** A channel's name as Slack wants it. */
export const channelName = (channel: string): string => channel.replace(/^#/, '');

/** A directory that reads the workspace's channels only when a name must be looked up. */
export function createChannelDirectory(client: WebClient): ChannelDirectory {
  const known = new Map<string, string>();
  const readAll = async () => {
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const answer = await client.conversations.list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 1000,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const channel of answer.channels ?? []) {
        if (channel.name !== undefined && channel.id !== undefined) known.set(channel.name, channel.id);
      }
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') return;
    }
  };
  return {
    learn: (channel, id) => void known.set(channelName(channel), id),
    idOf: async (channel) => {
      if (isChannelId(channel)) return channel;
      const name = channelName(channel);
      if (!known.has(name)) await readAll();
      return known.get(name);
    },
  };
}
