import { fetchJson } from './fetch-json';
import { waitFor } from './wait-for';

type Element = {
  readonly type: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly text?: { readonly text: string };
};
type Block = { readonly type: string; readonly block_id?: string; readonly elements?: readonly Element[] };

/** A message as one person sees it. */
export type SeenMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly ephemeral: boolean;
  readonly bot?: string;
  readonly threadTs?: string;
};

/** A message as the Web API's history gives it to the bot. */
export type PostedMessage = {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly metadata?: { readonly event_payload?: { readonly id?: string } };
};

/** A button as it stands in a message. */
export type SeenButton = {
  readonly message: SeenMessage;
  readonly blockId: string;
  readonly actionId: string;
  readonly value: string;
  readonly label: string;
};

type ChatState = {
  readonly messages: readonly SeenMessage[];
  readonly openView?: { readonly id: string; readonly blocks: readonly Block[] };
};
type Done = { readonly ok: boolean; readonly error?: string; readonly errors?: Readonly<Record<string, string>> };

/** All buttons of a message. */
export function buttonsOf(message: SeenMessage): readonly SeenButton[] {
  return message.blocks.flatMap(({ block_id: blockId = '', elements = [] }) =>
    elements.flatMap(({ type, action_id: actionId = '', value = '', text }) =>
      type === 'button' ? [{ message, blockId, actionId, value, label: text?.text ?? '' }] : [],
    ),
  );
}

/** What people see and do in the emulated Slack: the demo's address and the bot's token tell where. */
export function createSlackView(chat: string, slackApi: string, botToken: string) {
  const api = (name: string) => `${chat}api/${name}`;
  const origin = new URL(chat).origin;
  const state = (user: string) => fetchJson<ChatState>(`${api('state')}?user=${user}`);
  const call = async (
    method: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<readonly PostedMessage[]> => {
    const response = await fetch(slackApi + method, {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ include_all_metadata: 'true', limit: '900', ...parameters }).toString(),
    });
    const { messages } = (await response.json()) as { readonly messages?: readonly PostedMessage[] };
    if (messages === undefined) throw new Error(`Slack's ${method} gave no messages`);
    return messages;
  };
  const view = {
    messages: async (user: string) => (await state(user)).messages,
    command: (user: string, channel: string, typed: string) => {
      const [command = '', ...words] = typed.split(' ');
      return fetchJson<Done>(api('command'), { user, channel, command, text: words.join(' ') });
    },
    press: (user: string, { message, blockId, actionId, value }: SeenButton) =>
      fetchJson<Done>(api('click'), { user, channel: message.channel, ts: message.ts, blockId, actionId, value }),
    /** The newest button `choice:<name>` on a message that this person sees and whose text has `within`. */
    button: async (user: string, name: string, within: string | RegExp = ''): Promise<SeenButton | undefined> =>
      (await view.messages(user))
        .filter(({ text }) => (typeof within === 'string' ? text.includes(within) : within.test(text)))
        .flatMap(buttonsOf)
        .filter(({ actionId }) => actionId === `choice:${name}` || actionId.startsWith(`choice:${name}:`))
        .at(-1),
    /** Waits for the button and presses it. */
    click: async (user: string, name: string, within = '', timeoutMs?: number) => {
      const seen = async () => (await view.messages(user)).map(({ text }) => text);
      const button = await waitFor(
        `the button ${name} of ${user}`,
        () => view.button(user, name, within),
        timeoutMs,
        seen,
      );
      return view.press(user, button);
    },
    /** Fills the field of the form that is open, and its menu where `picked` is given, and sends it. */
    answer: async (user: string, value: string, picked?: string): Promise<Done> => {
      const open = await waitFor(`a form for ${user}`, async () => (await state(user)).openView);
      return fetchJson<Done>(api('view/submit'), {
        user,
        viewId: open.id,
        values: {
          answer: { answer: { type: 'plain_text_input', value } },
          ...(picked === undefined
            ? {}
            : { picked: { picked: { type: 'static_select', selected_option: { value: picked } } } }),
        },
      });
    },
    /** Waits until this person sees a message that `matches`, the newest first. */
    message: (user: string, what: string | RegExp, timeoutMs?: number): Promise<SeenMessage> =>
      waitFor(
        `a message '${String(what)}' for ${user}`,
        async () =>
          (await view.messages(user)).findLast(({ text }) =>
            typeof what === 'string' ? text.includes(what) : what.test(text),
          ),
        timeoutMs,
        async () => (await view.messages(user)).map(({ text }) => text),
      ),
    /** What stands in a channel itself, threads left out. */
    roots: (channel: string) => call('conversations.history', { channel }),
    /** Everything the bot posted in a channel, threads included. */
    posted: async (channel: string): Promise<readonly PostedMessage[]> => {
      const roots = await call('conversations.history', { channel });
      const own = roots.filter(({ ts, thread_ts: thread }) => thread === undefined || thread === ts);
      const threads = await Promise.all(own.map(({ ts }) => call('conversations.replies', { channel, ts })));
      return threads.flat();
    },
    /** How often the bot has called a method with success; calls made while Slack is down do not count. */
    calls: async (method: string): Promise<number> => {
      const seen = await fetchJson<{
        readonly requests: readonly { readonly method: string; readonly outcome: string }[];
      }>(`${origin}/emulator/requests`);
      return seen.requests.filter((request) => request.method === method && request.outcome === 'ok').length;
    },
    fault: (fault: unknown) => fetchJson<unknown>(`${origin}/emulator/faults`, fault),
    heal: () => fetchJson<unknown>(`${origin}/emulator/faults`, undefined, 'DELETE'),
  };
  return view;
}

/** The ids our messages carry, for finding one that was posted twice. */
export const postedIds = (messages: readonly PostedMessage[]): readonly string[] =>
  messages.flatMap(({ metadata }) => metadata?.event_payload?.id ?? []);
