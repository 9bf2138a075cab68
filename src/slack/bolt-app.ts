import { App, HTTPReceiver, SocketModeReceiver, type CustomRoute, type Receiver } from '@slack/bolt';
import type { Server } from 'node:http';
import type { WebClient } from '@slack/web-api';
import type { RefusedRequest } from '../policy/audit/refused-requests';
import { guardRequests } from './guard-requests';
import { listenForChoices } from './listen-for-choices';
import { listenForCommands } from './listen-for-commands';
import { boltLogger } from './slack-logger';
import type { CommandIntake } from './store-command';
import { webClientOptions } from './web-clients';

/** How Slack reaches us. */
export type SlackAppConfig = {
  readonly botToken: string;
  /** Verifies requests; needed without an app token. */
  readonly signingSecret: string;
  /** Present: Socket Mode, no public address needed. */
  readonly appToken?: string;
  /** Ends in `/api/`. @default Slack's own */
  readonly slackApiUrl?: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** @default '0.0.0.0' */
  readonly host?: string;
  /** Where Slack sends to. @default '/slack/events' */
  readonly path?: string;
};

/** What the app is made of. */
export type SlackAppOptions = CommandIntake & {
  readonly config: SlackAppConfig;
  /** Opens forms. */
  readonly client: WebClient;
  /** Further routes of the public listener, such as webhooks. HTTP only. */
  readonly customRoutes?: readonly CustomRoute[];
  /** Told of requests that are refused before they become a command. */
  readonly onRefused?: (refused: RefusedRequest) => void;
  /** A user group changed. */
  readonly onGroupsChanged?: () => void;
};

/** The running app. */
export type SlackApp = {
  /** Listens; in Socket Mode connects in the background, again and again while Slack is down. */
  readonly start: () => Promise<void>;
  /** Stops taking requests; open ones are finished. Safe to call twice. */
  readonly stop: () => Promise<void>;
  /** Where the public listener stands, such as `http://127.0.0.1:3000`; undefined in Socket Mode and before start. */
  readonly url: () => string | undefined;
};

const reconnectMs = 10_000;
/** How long Slack gets to say goodbye. */
const goodbyeMs = 2_000;
const groupEvents = ['subteam_created', 'subteam_updated', 'subteam_members_changed'] as const;

/** Bolt with our listeners. It starts while Slack is down, and stores every command before acknowledging it. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { config } = options;
  return config.appToken === undefined ? httpApp(options) : socketApp(options, config.appToken);
}

function createApp(options: SlackAppOptions, receiver: Receiver): void {
  const { config, logger } = options;
  const app = new App({
    receiver,
    // Not `token`: Bolt would ask Slack who we are before it listens.
    authorize: () => Promise.resolve({ botToken: config.botToken }),
    ignoreSelf: false,
    convoStore: false,
    clientOptions: webClientOptions(config),
    logger: boltLogger(logger),
  });
  app.error((error) => {
    logger.error({ error: error.message }, 'A Slack listener failed');
    return Promise.resolve();
  });
  listenForCommands(app, options);
  listenForChoices(app, options);
  app.options(/.*/, async ({ ack }) => ack({ options: [] }));
  app.shortcut(/.*/, async ({ ack }) => ack());
  for (const name of groupEvents) {
    app.event(name, () => {
      options.onGroupsChanged?.();
      return Promise.resolve();
    });
  }
}

function httpApp(options: SlackAppOptions): SlackApp {
  const { config, clock, logger } = options;
  const path = config.path ?? '/slack/events';
  const receiver = new HTTPReceiver({
    signingSecret: config.signingSecret,
    endpoints: [path],
    customRoutes: [...(options.customRoutes ?? [])],
    logger: boltLogger(logger),
  });
  receiver.requestListener = guardRequests(receiver.requestListener, {
    clock,
    paths: [path],
    onRefused: options.onRefused,
  });
  createApp(options, receiver);
  let server: Server | undefined;
  const host = config.host ?? '0.0.0.0';
  return {
    start: async () => {
      server = await receiver.start({ port: config.port, host });
    },
    stop: async () => {
      if (server === undefined) return;
      server = undefined;
      await receiver.stop();
    },
    url: () => {
      const address = server?.address();
      return typeof address === 'object' && address !== null ? `http://${host}:${address.port}` : undefined;
    },
  };
}

function socketApp(options: SlackAppOptions, appToken: string): SlackApp {
  const { config, clock, logger } = options;
  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(logger),
    installerOptions: { clientOptions: webClientOptions(config) },
  });
  // Without a listener an 'error' event would end the process.
  receiver.client.on('error', (error: unknown) => logger.warn({ error: String(error) }, 'Socket Mode trouble'));
  createApp(options, receiver);
  let state: 'new' | 'started' | 'stopped' = 'new';
  let cancelRetry: () => void = () => undefined;
  const connect = (): void => {
    receiver.start().catch((error: unknown) => {
      logger.warn({ error: String(error) }, 'Socket Mode could not connect; trying again');
      if (state === 'started') cancelRetry = clock.after(reconnectMs, connect);
    });
  };
  return {
    start: () => {
      state = 'started';
      connect();
      return Promise.resolve();
    },
    stop: async () => {
      const wasStarted = state === 'started';
      state = 'stopped';
      cancelRetry();
      if (!wasStarted) return;
      // Not the receiver's own stop: it does not wait for the connection's end, and a connection cut before it keeps a timer.
      const goodbye = receiver.client.disconnect().catch(() => undefined);
      await Promise.race([goodbye, new Promise<void>((resolve) => void clock.after(goodbyeMs, resolve))]);
    },
    url: () => undefined,
  };
}
