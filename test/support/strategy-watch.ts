import type { DcosEmulator } from '../../src/emulators/dcos/create-dcos-emulator';

type App = { readonly id: string; readonly instances: number; readonly tasksHealthy: number };
type Request = Parameters<DcosEmulator['handle']>[0];

/** The size that a request gives an app; undefined where it changes none. */
function sizeOf({ method, body }: Request): number | undefined {
  if (method === 'DELETE') return 0;
  return method === 'PUT' ? (JSON.parse(String(body)) as { readonly instances?: number }).instances : undefined;
}

/**
 * Watches the apps whose ids begin with `prefix`: what each request that takes from those of `stood` would leave healthy, and
 * the fewest healthy instances of all of them that any look after a change showed.
 */
export function watchSite(core: DcosEmulator, prefix: string, stood: readonly App[]) {
  const handle = core.handle;
  // Without a leader there is no answer: what happens then shows later.
  const appsNow = (): readonly App[] | undefined =>
    (handle({ method: 'GET', path: '/v2/apps' }).body as { readonly apps: readonly App[] } | undefined)?.apps.filter(
      ({ id }) => id.startsWith(prefix),
    );
  const healthy = (apps: readonly App[]) => apps.reduce((sum, { tasksHealthy }) => sum + tasksHealthy, 0);
  const left: number[] = [];
  const watch = (request: Request): void => {
    const size = sizeOf(request);
    const old = stood.find(({ id }) => id.startsWith(prefix) && request.path.endsWith(id));
    if (size === undefined || old === undefined) return;
    const apps = appsNow() ?? [];
    const now = apps.find(({ id }) => id === old.id);
    if (now === undefined || size >= now.instances) return;
    const others = apps.filter((each) => each !== now);
    left.push(healthy(others) + Math.min(size, Math.max(0, now.tasksHealthy - (now.instances - size))));
  };
  Object.assign(core, {
    handle: (request: Request) => {
      watch(request);
      return handle(request);
    },
  });
  let fewest = healthy(stood.filter(({ id }) => id.startsWith(prefix)));
  let isChanged = true;
  core.onChange(() => (isChanged = true));
  return {
    prefix,
    left,
    fewest: () => fewest,
    look: (): void => {
      const apps = isChanged ? appsNow() : undefined;
      if (apps === undefined) return;
      isChanged = false;
      fewest = Math.min(fewest, healthy(apps));
    },
    /** Puts back what was there before; whoever came last leaves first. */
    leave: () => void Object.assign(core, { handle }),
  };
}
