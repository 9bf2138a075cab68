import { fetchJson } from './fetch-json';

/** A Marathon app as far as these tests look. */
export type SeenApp = {
  readonly id: string;
  readonly instances: number;
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly container?: { readonly docker?: { readonly image?: string } };
};

/** The tasks of one app, with the times at which their health checks first succeeded. */
export type SeenTasks = {
  readonly app: {
    readonly tasks: readonly { readonly healthCheckResults: readonly { readonly firstSuccess: string }[] }[];
  };
};

/** A request in the DC/OS emulator's log. */
export type SeenRequest = {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly status: number;
};

/** What the DC/OS emulator shows and can be made to do; judges the bot without asking it. */
export function createDcosView(url: string) {
  const get = <T>(path: string) => fetchJson<T>(url + path);
  const view = {
    apps: async () => (await get<{ readonly apps: readonly SeenApp[] }>('/v2/apps')).apps,
    app: async (id: string) => (await view.apps()).find((app) => app.id === id),
    appInFull: (id: string) => get<SeenTasks>(`/v2/apps${id}`),
    /** The requests that changed something, or tried to, in order. */
    mutations: async () =>
      (await get<{ readonly requests: readonly SeenRequest[] }>('/emulator/requests?mutations=true')).requests,
    /** The instances of each app whose id begins with `prefix`. */
    sizes: async (prefix: string): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries(
        (await view.apps()).filter((app) => app.id.startsWith(prefix)).map((app) => [app.id, app.instances]),
      ),
    /** Changes an app as somebody else would. */
    put: (id: string, body: unknown) =>
      fetchJson<{ readonly deploymentId?: string }>(`${url}/v2/apps${id}`, body, 'PUT'),
    create: (body: unknown) => fetchJson<unknown>(`${url}/v2/apps`, body),
    deployments: () =>
      get<readonly { readonly id: string; readonly affectedApps: readonly string[] }[]>('/v2/deployments'),
    endDeployment: (id: string) => fetchJson<unknown>(`${url}/v2/deployments/${id}?force=true`, undefined, 'DELETE'),
    fault: (fault: unknown) => fetchJson<unknown>(`${url}/emulator/faults`, fault),
    heal: () => fetchJson<unknown>(`${url}/emulator/faults`, undefined, 'DELETE'),
  };
  return view;
}

/** The creations among some requests that succeeded, by app id. */
export const createdApps = (requests: readonly SeenRequest[]): readonly string[] =>
  requests
    .filter((request) => request.method === 'POST' && request.path.endsWith('/v2/apps') && request.status < 300)
    .map((request) => String(request.body?.id));
