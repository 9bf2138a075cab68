import { commandKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Command, CommandRequest } from '../../src/model/command';
import { isEntry } from '../../src/policy/audit/audit-line';
import { exportAll } from './audit-kit';
import type { createCommandBench } from './command-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** Hands a request to the executor's own handler of commands, which writes to the audit log; answers with the command. */
export async function ask(bench: Bench, request: CommandRequest, user = 'UANN'): Promise<Command> {
  const id = await bench.receive(request, user);
  const loaded = await bench.store.get(commandKind, id);
  if (loaded === undefined) throw new Error(`No command ${id}.`);
  await bench.handlers.command({ ...loaded, kind: 'command' }, 'owner');
  return bench.command(id);
}

/** The entries of `foo` in the audit log, oldest first. */
export const entriesOf = async ({ store }: { readonly store: DocumentStore }) =>
  (await exportAll(store, { chains: ['foo'] })).filter(isEntry);
