import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import type { AddressInfo } from 'node:net';
import { signingSecret } from '../support/slack-requests';

async function main(): Promise<void> {
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({ receiver, authorize: () => Promise.resolve({ botToken: 'xoxb-bench' }), convoStore: false });
  app.command(/.*/, ({ ack }) => ack());
  const server = await receiver.start({ port: 0, host: '127.0.0.1' });
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}/slack/events` });
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
void main();
