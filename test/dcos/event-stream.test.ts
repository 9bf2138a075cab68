import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openEventStream, reconnectDelayMs } from '../../src/dcos/event-stream';
import { appIdsOfEvent } from '../../src/dcos/app-ids-of-event';
import { isQuietEvent } from '../../src/dcos/is-quiet-event';
import { createMarathonClient } from '../../src/dcos/marathon-client';
import { systemClock } from '../../src/engine/clock';
import { createHttpClient } from '../../src/http-client/create-http-client';
import type { HttpStream } from '../../src/http-client/http-client';
import { CoxswainError } from '../../src/model/errors';
import { contractFolder, describeWithPart } from '../support/parts';

type Timer = { readonly delayMs: number; readonly callback: () => void };

function manualClock() {
  const timers: Timer[] = [];
  let now = 0;
  return {
    timers,
    now: () => now,
    /** Lets time pass without running a timer. */
    pass: (ms: number) => void (now += ms),
    after: (delayMs: number, callback: () => void) => {
      const timer = { delayMs, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    fire: () => timers.shift()?.callback(),
  };
}

const streamOf = (...chunks: string[]): HttpStream => ({
  chunks: (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  })(),
  close: () => undefined,
});
const eventsUrl = '/v2/events?plan-format=light';
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The waits before the next `count` attempts, in milliseconds. */
async function waitsOf(clock: ReturnType<typeof manualClock>, count: number): Promise<readonly (number | undefined)[]> {
  const waits: (number | undefined)[] = [];
  for (let attempt = 0; attempt < count; attempt += 1) {
    await settle();
    waits.push(clock.timers[0]?.delayMs);
    clock.fire();
  }
  return waits;
}

type Answer = HttpStream | CoxswainError | { readonly lastsMs: number };

function listenTo(answers: Answer[]) {
  const clock = manualClock();
  const open = (answer: Exclude<Answer, CoxswainError>): HttpStream => {
    if (!('lastsMs' in answer)) return answer;
    const chunks = (async function* () {
      yield await Promise.resolve('\r\n');
      clock.pass(answer.lastsMs);
    })();
    return { chunks, close: () => undefined };
  };
  const seen: string[] = [];
  const connection = openEventStream({
    clock,
    client: {
      openEvents: () => {
        const answer = answers.shift() ?? new CoxswainError('UNREACHABLE', { message: 'gone' });
        return answer instanceof CoxswainError ? Promise.reject(answer) : Promise.resolve(open(answer));
      },
    },
    onAppChanged: (appId) => seen.push(appId),
    onResync: () => seen.push('resync'),
    onState: (state, error) => seen.push(error === undefined ? state : `${state} ${error.code}`),
    random: () => 0.5,
    backoff: { initialMs: 1000, maxMs: 4000 },
  });
  return { clock, seen, close: connection.close };
}

describe('openEventStream', () => {
  it('tells of apps as events come, and looks anew after each connect', async () => {
    const event = (id: string) => `event: x\r\ndata: {"appId":"${id}"}\r\n\r\n`;
    const { clock, seen, close } = listenTo([
      streamOf(event('/a').slice(0, 9), event('/a').slice(9)),
      streamOf(event('/b')),
    ]);
    await settle();
    expect(seen).toEqual(['connected', 'resync', '/a', 'disconnected']);
    clock.fire();
    await settle();
    expect(seen.slice(4)).toEqual(['connected', 'resync', '/b', 'disconnected']);
    close();
  });

  it('waits longer after each failure, up to its bound, even where each connection is taken and ended at once', async () => {
    const fail = () => new CoxswainError('UNREACHABLE', { message: 'gone' });
    const { clock, seen, close } = listenTo([fail(), fail(), streamOf(), streamOf(), streamOf(), fail()]);
    expect(await waitsOf(clock, 6)).toEqual([750, 1500, 3000, 3000, 3000, 3000]);
    expect(seen.filter((what) => what === 'resync')).toHaveLength(3);
    expect(seen.filter((what) => what === 'disconnected UNREACHABLE')).toHaveLength(3);
    close();
  });

  it.each([
    [29_999, [750, 1500, 3000, 3000]],
    [30_000, [750, 1500, 750, 1500]],
  ])('starts over after a connection that lasted %i ms', async (lastedMs, expected) => {
    const fail = () => new CoxswainError('UNREACHABLE', { message: 'gone' });
    const { clock, close } = listenTo([fail(), fail(), { lastsMs: lastedMs }, fail()]);
    expect(await waitsOf(clock, 4)).toEqual(expected);
    close();
  });

  it('looks anew after an event too long to be read, and hears the next', async () => {
    const long = `event: x\r\ndata: {"appId":"/long","more":"${'x'.repeat(9 * 1024 * 1024)}"}\r\n\r\n`;
    const { seen, close } = listenTo([streamOf(long, 'event: x\r\ndata: {"appId":"/b"}\r\n\r\n')]);
    await settle();
    expect(seen).toEqual(['connected', 'resync', 'resync', '/b', 'disconnected']);
    close();
  });

  it('does not connect again once it is closed', async () => {
    const { clock, seen, close } = listenTo([]);
    await settle();
    expect(clock.timers).toHaveLength(1);
    close();
    expect(clock.timers).toHaveLength(0);
    expect(seen).toEqual(['disconnected UNREACHABLE']);
  });
});

describe('openEventStream closed while it connects', () => {
  it('tells nothing and ends the connection that still comes', async () => {
    const seen: string[] = [];
    const connection = openEventStream({
      clock: manualClock(),
      client: { openEvents: () => Promise.resolve({ ...streamOf('data: {}\n\n'), close: () => seen.push('ended') }) },
      onAppChanged: (appId) => seen.push(appId),
      onResync: () => seen.push('resync'),
      onState: (state) => seen.push(state),
    });
    connection.close();
    await settle();
    expect(seen).toEqual(['ended']);
  });
});

describe('reconnectDelayMs', () => {
  it.each([
    [1, 0, 500],
    [1, 0.999, 1000],
    [3, 0, 2000],
    [50, 0, 15_000],
  ])('after %i failures with chance %d waits %i ms', (failures, chance, expected) =>
    expect(reconnectDelayMs(failures, { initialMs: 1000, maxMs: 30_000 }, () => chance)).toBe(expected),
  );
});

describe('appIdsOfEvent', () => {
  it.each([
    ['a task', { appId: '/a' }, ['/a']],
    ['an instance', { runSpecId: '/a' }, ['/a']],
    ['a request', { appDefinition: { id: '/a' } }, ['/a']],
    [
      'a deployment',
      { plan: { steps: [{ actions: [{ app: '/a' }, { app: '/b' }] }, { actions: [{ app: '/a' }, { pod: '/p' }] }] } },
      ['/a', '/b'],
    ],
    ['nothing', { remoteAddress: 'x' }, []],
    ['no object', 3, []],
  ])('finds the apps of %s', (_title, event, expected) =>
    expect(appIdsOfEvent(JSON.stringify(event))).toEqual(expected),
  );

  it('finds nothing in what is not JSON', () => expect(appIdsOfEvent('{')).toEqual([]));
});

describe('isQuietEvent', () => {
  it.each([
    ['status_update_event', { taskStatus: 'TASK_RUNNING' }, true],
    ['status_update_event', { taskStatus: 'TASK_KILLING' }, true],
    ['status_update_event', { taskStatus: 'TASK_FAILED' }, false],
    ['status_update_event', { taskStatus: 'TASK_UNREACHABLE' }, false],
    ['status_update_event', {}, false],
    ['instance_changed_event', { condition: 'Running' }, true],
    ['deployment_info', {}, true],
    ['deployment_success', {}, false],
    ['deployment_failed', {}, false],
    ['instance_health_changed_event', { healthy: false }, false],
    ['app_terminated_event', {}, false],
    ['some_event_of_tomorrow', {}, false],
  ])('%s %j: %s', (type, data, expected) => expect(isQuietEvent({ type, data: JSON.stringify(data) })).toBe(expected));

  it('takes a status that is not JSON for news', () =>
    expect(isQuietEvent({ type: 'status_update_event', data: '{' })).toBe(false));
});

describeWithPart(contractFolder, 'openEventStream on recorded events', (folder) => {
  it('hears every app that changed over a real connection', async () => {
    const events = readFileSync(join(folder, 'marathon/raml/v2/examples/events.txt'), 'utf8');
    const server = createServer((request, response) => {
      expect([request.url, request.headers.accept]).toEqual([eventsUrl, 'text/event-stream']);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`${events}\r\n\r\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const connection = openEventStream({
        client: createMarathonClient(createHttpClient({ baseUrl, userAgent: 'x' })),
        clock: systemClock,
        onAppChanged: (appId) => heard.push(appId),
        onResync: () => undefined,
        onState: (state) => {
          if (state === 'connected') return;
          connection.close();
          resolve();
        },
      });
    });
    await new Promise((resolve) => server.close(resolve));
    expect(heard).toEqual(['/foo']);
  });
});
