import { App, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { AddressInfo } from 'node:net';
import type { SlackEmulator, SlackEmulatorOptions } from '../../../src/emulators/slack';
import { startSlackEmulator } from '../../../src/emulators/slack';

export const secrets = { signingSecret: 'signing-secret', botToken: 'xoxb-test', appToken: 'xapp-test' };

export const requester = 'U0REQUESTER';
export const approver = 'U0APPROVER';
export const deploys = 'C0DEPLOYS';

const workspace = {
  users: [
    { id: requester, name: 'requester', role: 'requester' },
    { id: approver, name: 'approver', realName: 'The Approver', role: 'approver' },
  ],
  channels: [
    { id: deploys, name: 'deploys' },
    { id: 'C0OTHER', name: 'other' },
  ],
  userGroups: [{ id: 'S0APPROVERS', handle: 'approvers', name: 'Approvers', users: [approver] }],
};

/** An emulator on a free port with two people and two channels. */
export function startEmulator(options: Partial<SlackEmulatorOptions> = {}): Promise<SlackEmulator> {
  return startSlackEmulator({ port: 0, ...secrets, ...workspace, ...options });
}

/** The real SDK's client, without repeats. */
export function clientOf(emulator: SlackEmulator, token: string = secrets.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: emulator.slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
}

/** A real Bolt app on HTTP, known to the emulator as the bot. */
export async function startBot(emulator: SlackEmulator, register: (app: App) => void): Promise<App> {
  const app = new App({
    token: secrets.botToken,
    signingSecret: secrets.signingSecret,
    clientOptions: { slackApiUrl: emulator.slackApiUrl },
    logLevel: LogLevel.ERROR,
  });
  register(app);
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as { address(): AddressInfo };
  emulator.setRequestUrl(`http://127.0.0.1:${server.address().port}/slack/events`);
  return app;
}

export type ChatMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly text: string;
  readonly user?: string;
  readonly bot?: string;
  readonly ephemeral: boolean;
  readonly edited?: boolean;
  readonly broadcast?: boolean;
  readonly local?: boolean;
  readonly blocks: readonly {
    readonly block_id: string;
    readonly elements?: readonly { readonly action_id: string }[];
  }[];
};

export type ChatState = {
  readonly me: string;
  readonly messages: readonly ChatMessage[];
  readonly channels: readonly { readonly id: string }[];
  readonly openView?: { readonly id: string; readonly title: { readonly text: string }; readonly callback_id: string };
  readonly homeView?: { readonly id: string };
  readonly bot: { readonly id: string; readonly online: boolean };
};

export type ChatReply = {
  readonly ok: boolean;
  readonly error?: string;
  readonly errors?: Readonly<Record<string, string>>;
};

/** The state of the chat page as one person sees it. */
export async function stateOf(emulator: SlackEmulator, user = requester): Promise<ChatState> {
  const response = await fetch(`${emulator.url}/chat/api/state?user=${user}`);
  return (await response.json()) as ChatState;
}

/** Does what a person does on the chat page. */
export async function act(
  emulator: SlackEmulator,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<ChatReply> {
  const response = await fetch(`${emulator.url}/chat/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: requester, channel: deploys, ...body }),
  });
  return (await response.json()) as ChatReply;
}

/** Looks again, at most for two seconds, until the value is there. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 2000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('What the test waited for did not come within two seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The error code of a refused Web API call. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { readonly data?: { readonly error?: string } };
    return data?.error ?? String((error as Error & { code?: string }).code);
  }
  throw new Error('The call was expected to be refused and was not.');
}
