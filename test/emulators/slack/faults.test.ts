import type { SlackEmulator } from '../../../src/emulators/slack';
import { clientOf, deploys, errorOf, startEmulator, stateOf } from './rig';
import { VirtualClock } from './virtual-clock';

let emulator: SlackEmulator;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  emulator = await startEmulator({ clock });
});
afterEach(() => emulator.close());

const inject = async (fault: object) => {
  const response = await fetch(`${emulator.url}/emulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
  return response.status;
};
const post = (text: string) => clientOf(emulator).chat.postMessage({ channel: deploys, text });
const texts = async () => (await stateOf(emulator)).messages.map((message) => message.text);

it('limits the next calls of one method and no other', async () => {
  await inject({ kind: 'rate_limited', method: 'chat.postMessage', times: 2, retryAfterSeconds: 7 });
  await clientOf(emulator).auth.test();
  await expect(post('a')).rejects.toMatchObject({ retryAfter: 7 });
  await expect(post('b')).rejects.toMatchObject({ retryAfter: 7 });
  await post('c');
  expect(await texts()).toEqual(['c']);
});

it('answers with a server error or with an error of Slack’s', async () => {
  await inject({ kind: 'http_error', status: 502 });
  await expect(post('a')).rejects.toThrow();
  await inject({ kind: 'error', error: 'fatal_error' });
  expect(await errorOf(post('b'))).toBe('fatal_error');
  expect(await texts()).toEqual([]);
});

it('loses a reply after the effect', async () => {
  await inject({ kind: 'lost_reply', method: 'chat.postMessage' });
  await expect(post('a')).rejects.toThrow();
  expect(await texts()).toEqual(['a']);
  expect(emulator.core.calls().map((call) => call.outcome)).toEqual(['lost_reply']);
});

it('is slow by its own clock', async () => {
  await inject({ kind: 'slow', delayMs: 5000 });
  const call = post('a');
  await clientOf(emulator).auth.test();
  expect(await texts()).toEqual([]);
  clock.advance(5000);
  await call;
  expect(await texts()).toEqual(['a']);
});

it('is down until the faults are cleared', async () => {
  await inject({ kind: 'down' });
  await expect(post('a')).rejects.toThrow();
  await expect(post('b')).rejects.toThrow();
  await fetch(`${emulator.url}/emulator/faults`, { method: 'DELETE' });
  await post('c');
  expect(await texts()).toEqual(['c']);
});

it('refuses a fault it does not know', async () => {
  expect(await inject({ kind: 'gremlin' })).toBe(400);
});
