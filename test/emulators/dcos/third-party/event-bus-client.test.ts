import { once } from 'node:events';
import MarathonEventBusClient from 'marathon-event-bus-client';
import { type RunningDcosEmulator, startDcosEmulator } from '../../../../src/emulators/dcos/start-dcos-emulator';

const web = { id: '/demo/web', cmd: 'serve', cpus: 0.1, instances: 2 };
const eventTypes = ['deployment_info', 'status_update_event', 'deployment_success'] as const;

let emulator: RunningDcosEmulator;

afterEach(() => emulator.close());

/** Subscribes and collects what arrives, until the client is told to unsubscribe. */
async function subscribe(headers: Readonly<Record<string, string>> = {}) {
  const { hostname, port } = new URL(emulator.url);
  const heard: { readonly eventType: string; readonly taskStatus?: string }[] = [];
  const hear = (_name: string, data: { readonly eventType: string }) => void heard.push(data);
  const client = new MarathonEventBusClient({
    marathonHost: hostname,
    marathonPort: port,
    marathonUri: '/service/marathon/v2/events',
    marathonHeaders: headers,
    eventTypes,
    handlers: Object.fromEntries(eventTypes.map((type) => [type, hear])),
  });
  // Ends at once: the client's own unsubscribe only does so a tenth of a second later.
  const end = () => client.es.close();
  client.subscribe();
  await once(client, 'subscribed');
  return { client, heard, end };
}

describe('marathon-event-bus-client', () => {
  it('hears the events of a deployment', async () => {
    emulator = await startDcosEmulator({ speed: 50 });
    const { client, heard, end } = await subscribe();
    const succeeded = once(client, 'deployment_success');
    emulator.core.handle({ method: 'POST', path: '/v2/apps', body: web });
    await succeeded;
    end();
    expect(heard.filter(({ eventType }) => eventType === 'deployment_info')).toHaveLength(2);
    const states = heard.flatMap(({ taskStatus }) => taskStatus ?? []).sort();
    expect(states).toEqual([
      ...['TASK_RUNNING', 'TASK_RUNNING', 'TASK_STAGING', 'TASK_STAGING', 'TASK_STARTING', 'TASK_STARTING'],
    ]);
    expect(heard.at(-1)?.eventType).toBe('deployment_success');
  });

  it('hears them with a token, and is refused without', async () => {
    emulator = await startDcosEmulator({ speed: 50, auth: { mode: 'enterprise' } });
    const { end } = await subscribe({ Authorization: `token=${emulator.login?.token ?? ''}` });
    end();
    await expect(subscribe()).rejects.toMatchObject({ error: { status: 401 } });
  });
});
