import type { Context } from './context';
import { flag, ok } from './exchange';
import { type Fault, parseFault } from './faults';
import { MarathonError } from './marathon-error';
import type { RequestLog } from './request-log';
import { parseScript } from './tasks/task-script';
import { defineService, type Service } from './service';

/** The emulator's own routes, by which tests and people steer it. */
export const controlRoutes = [
  { method: 'GET', pattern: '/requests', summary: 'Request log; method, mutations=true' },
  { method: 'DELETE', pattern: '/requests', summary: 'Empties the request log' },
  { method: 'GET', pattern: '/faults', summary: 'Faults in force' },
  { method: 'POST', pattern: '/faults', summary: 'Adds a fault, or an array of them' },
  { method: 'DELETE', pattern: '/faults', summary: 'Removes all faults, or the one with ?id=' },
  { method: 'GET', pattern: '/scripts', summary: 'How simulated tasks behave, by pattern of app or job' },
  { method: 'POST', pattern: '/scripts', summary: 'Adds a script, which goes before those that are there' },
  { method: 'DELETE', pattern: '/scripts', summary: 'Removes all scripts' },
] as const;

/** What the emulator's own routes need beyond the context. */
export type Controls = {
  readonly log: RequestLog;
  readonly setFault: (fault: Fault) => string;
  readonly clearFaults: (id?: string) => void;
};

/** Creates the emulator's own routes below /emulator; no token, no fault and no log concerns them. */
export function createControlService(context: Context, { log, setFault, clearFaults }: Controls): Service {
  return defineService({
    prefix: '/emulator',
    routes: controlRoutes,
    handlers: {
      'GET /requests': ({ query }) => {
        const method = query.get('method');
        return ok({
          requests: log.list({ ...(method === null ? {} : { method }), mutations: flag(query, 'mutations') }),
        });
      },
      'DELETE /requests': () => {
        log.clear();
        return { status: 204 };
      },
      'GET /faults': () => ok({ faults: context.faults.list() }),
      'POST /faults': ({ body }) => {
        const faults = (Array.isArray(body) ? body : [body]).map(parseFault);
        const known = faults.filter((fault) => fault !== undefined);
        if (known.length < faults.length) {
          throw new MarathonError(400, { message: 'This is no fault. See faults.ts for the kinds and their fields.' });
        }
        return ok({ ids: known.map(setFault) }, 201);
      },
      'DELETE /faults': ({ query }) => {
        clearFaults(query.get('id') ?? undefined);
        return { status: 204 };
      },
      'GET /scripts': () => ok({ scripts: context.world.scripts }),
      'POST /scripts': ({ body }) => {
        const script = parseScript(body);
        if (script === undefined) {
          throw new MarathonError(400, { message: 'This is no script. See task-script.ts for the fields.' });
        }
        context.world.scripts.push(script);
        return ok({ scripts: context.world.scripts }, 201);
      },
      'DELETE /scripts': () => {
        context.world.scripts = [];
        return { status: 204 };
      },
    },
    unknown: () => ({ status: 404, body: { message: 'URI not found' } }),
  });
}
