import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { createFilesClient } from '../../src/dcos/files-client';
import { createMesosClient } from '../../src/dcos/mesos-client';
import { createMarathonClient } from '../../src/dcos/marathon-client';
import { createMetronomeClient } from '../../src/dcos/metronome-client';
import { createJobs } from '../../src/dcos/metronome-jobs';
import { isQuietEvent } from '../../src/dcos/is-quiet-event';
import { createDcosEmulator, type DcosEmulatorOptions } from '../../src/emulators/dcos/create-dcos-emulator';
import type { Clock } from '../../src/engine/clock';
import { belowPath } from '../../src/http-client/below-path';
import type { HttpClient } from '../../src/http-client/http-client';
import { networkFailure, statusFailure } from '../../src/http-client/http-failure';

/** A DC/OS cluster in this thread: its state, and a client that speaks to it without a network. */
export function createEmulatedCluster(name: string, clock: Clock, options: DcosEmulatorOptions = {}) {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const core = createDcosEmulator({
    random,
    ...options,
    clock: {
      now: () => clock.now(),
      scale: (ms) => ms,
      setTimer: (at, action) => clock.after(Math.max(0, at - clock.now()), action),
    },
  });
  let isDown = false;
  let isHanging = false;
  const http: HttpClient = {
    host: name,
    request: async ({ method, path, query = {}, headers: asked, body }) => {
      const target = { method, host: name, path };
      await Promise.resolve();
      if (isHanging) await new Promise(() => undefined);
      if (isDown) throw networkFailure(target, 'ECONNREFUSED');
      const wanted = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) {
        for (const each of [value ?? []].flat()) wanted.append(key, String(each));
      }
      // Through text and back, as a network does it.
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const named = Object.entries(asked ?? {}).map(([key, value]) => [key.toLowerCase(), value] as const);
      const request = { method, path, query: wanted, headers: Object.fromEntries<string>(named) };
      const reply = core.handle({ ...request, ...(sent === undefined ? {} : { body: sent }) });
      const headers = Object.fromEntries(
        Object.entries(reply.headers).map(([key, value]) => [key.toLowerCase(), value]),
      );
      const read: unknown = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
      const answer = { status: reply.status, headers, body: read };
      if (reply.isCut) throw networkFailure(target, 'ECONNRESET');
      if (reply.status > 299) throw statusFailure(target, answer);
      return answer;
    },
    stream: () => Promise.reject(new Error('Events come from `onApp`.')),
  };
  return {
    core,
    client: createMarathonClient(http),
    sandboxes: { mesos: createMesosClient(http), files: createFilesClient(http) },
    metronome: createMetronomeClient(belowPath(http, '/service/metronome')),
    setDown: (down: boolean) => void (isDown = down),
    /** From now on no request is answered. */
    hang: () => void (isHanging = true),
    /** Tells of apps as the event stream does. */
    onApp: (listener: (appId: string) => void) =>
      core.subscribe({
        onEvent: (event) => {
          const data = JSON.stringify(event);
          if (isDown || isQuietEvent({ type: event.eventType, data })) return;
          const { appId, runSpecId, plan } = event as {
            appId?: string;
            runSpecId?: string;
            plan?: { steps: { actions: { app?: string }[] }[] };
          };
          const planned = plan?.steps.flatMap(({ actions }) => actions.flatMap(({ app }) => app ?? [])) ?? [];
          for (const id of new Set([appId ?? runSpecId ?? [], planned].flat())) listener(id);
        },
      }),
    /** `GET`s of all apps, which every look shares. */
    sharedLists: () =>
      core.requests
        .list({ method: 'GET' })
        .filter(({ path, query }) => path.endsWith('/v2/apps') && !/\bid=/.test(query)).length,
    requests: () => core.requests.list().length,
  };
}

/** Server groups over some emulated clusters, each told of its own events. */
export function groupsOver(clusters: Readonly<Record<string, ReturnType<typeof createEmulatedCluster>>>, clock: Clock) {
  const groups = createServerGroups({
    clusters: new Map(Object.entries(clusters).map(([name, { client }]) => [name, client])),
    sandboxes: new Map(Object.entries(clusters).map(([name, { sandboxes }]) => [name, sandboxes])),
    clock,
  });
  for (const [name, cluster] of Object.entries(clusters)) cluster.onApp((appId) => groups.clusterChanged(name, appId));
  return groups;
}

/** Jobs over some emulated clusters. */
export function jobsOver(clusters: Readonly<Record<string, ReturnType<typeof createEmulatedCluster>>>, clock: Clock) {
  const connections = new Map(
    Object.entries(clusters).map(([name, { metronome, sandboxes }]) => [name, { metronome, ...sandboxes }]),
  );
  return createJobs({ connections: () => connections, clock });
}
