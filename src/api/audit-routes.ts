import { z } from 'zod';
import { commandKind } from '../engine/document-kinds';
import { exportStart, readExport, type ExportCursor } from '../policy/audit/read-export';
import { ApiError } from './api-error';
import type { ApiContext, ApiRequest, ApiRoute } from './api-route';

/** How long an answer lets its reader export. */
const grantedMs = 3_600_000;

const cursorSchema = z.tuple([
  z.coerce.number().int().min(0),
  z.string().regex(/^(\d{4}-\d\d-\d\d)?$/),
  z.coerce.number().int().min(1),
]);

const cursorText = ({ chain, day, page }: ExportCursor): string => [chain, day, page].join('.');

function cursorOf(text: string | null): ExportCursor {
  if (text === null) return exportStart;
  const parsed = cursorSchema.safeParse(text.split('.'));
  if (!parsed.success)
    throw new ApiError(400, 'INVALID_INPUT', 'cursor must be the `next` of the part before, or be left out.');
  const [chain, day, page] = parsed.data;
  return { chain, day, page };
}

/** What the caller's own command was answered with; the permission was asked there, and that it was is written down. */
async function grantOf({ store, clock, teamId }: ApiContext, { id, user }: ApiRequest) {
  const command = (await store.get(commandKind, id))?.document;
  const isOwn = command?.source.user === user && command.teamId === teamId;
  if (!isOwn || command.audit === undefined || clock.now() - command.createdAt > grantedMs)
    throw new ApiError(404, 'NOT_FOUND', 'You have no export of this id. Ask for one: `coxswain audit export`.');
  return command.audit;
}

/** The audit log, in parts, for whoever has a command `audit export` answered within the last hour. */
export const auditRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/commands/:id/audit',
    handle: async (context, request) => {
      const grant = await grantOf(context, request);
      const { records, next } = await readExport(context.store, grant, cursorOf(request.query.get('cursor')));
      return { records, ...(next === undefined ? {} : { next: cursorText(next) }) };
    },
  },
];
