import { executionKind, messageKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import type { Choice } from '../../src/model/view';
import { readLatest } from '../../src/policy/audit/read-log';
import { environmentLockKind } from '../../src/policy/locks/documents';
import { stopKind } from '../../src/policy/stop';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from './command-kit';
import { west } from './stage-kit';

/** The command bench over `foo`, whose locks and stop are handled when they are due. */
export async function createLockBench(...more: Parameters<typeof createCommandBench>) {
  const it = await createCommandBench(...more);
  for (const location of [east, west]) it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2 });
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  let turns = 0;
  /** Handles locks and stops until none is due. */
  const settle = async (): Promise<void> => {
    for (;;) {
      const owner = `holder-${(turns += 1)}`;
      const kinds = [environmentLockKind, stopKind];
      const claimed = await it.store.claimDue({ kinds, owner, now: it.clock.now(), leaseMs: 10_000, limit: 10 });
      if (claimed.length === 0) return;
      for (const one of claimed) await it.handlers[one.kind as 'stop'](one, owner);
    }
  };
  return {
    ...it,
    settle,
    say: async (text: string, user?: string) => {
      const command = await it.say(text, user);
      await settle();
      return command;
    },
    /** Presses the button of an answer that runs words, with the answer to what it asks. */
    pressRun: async (command: Command, label: string, answer: string | undefined, user: string) => {
      const choice = choiceOf(command, label);
      const more = answer === undefined ? {} : { answer };
      const pressed = await it.handle(
        await it.receive({ type: 'choice', name: choice.name, target: choice.target, ...more }, user, true),
      );
      await settle();
      return pressed;
    },
    /** What a person was told by themselves. */
    told: async (user: string): Promise<readonly string[]> =>
      (await it.store.list(messageKind))
        .toSorted((one, other) => one.document.createdAt - other.document.createdAt)
        .flatMap(({ document: { target, view } }) =>
          target.kind === 'direct' && target.user === user ? [wordsOf(view)] : [],
        ),
    execution: async (id: string) => {
      const found = await it.store.get(executionKind, id);
      if (found === undefined) throw new Error(`No execution ${id}.`);
      return found.document;
    },
    audited: async (chain: string, kind: string) =>
      (await readLatest(it.store, chain, { limit: 50, isWanted: (entry) => entry.kind === kind })).map(
        ({ action, who, why }) => [action, who, why],
      ),
  };
}

/** The button of an answer with this label; throws where there is none. */
export function choiceOf({ reply }: Command, label: string): Choice {
  const found = reply?.choices?.find((choice) => choice.label === label);
  if (found === undefined) throw new Error(`No button '${label}' on: ${wordsOf(reply)}`);
  return found;
}

/** What `createLockBench` makes. */
export type LockBench = Awaited<ReturnType<typeof createLockBench>>;

/** Plans and confirms; answers the execution's id. */
export async function startIn(it: LockBench, text: string, user?: string): Promise<string> {
  const said = await it.say(text, user);
  const id = said.executionId ?? (await it.press(said, 'confirm', user)).executionId;
  if (id === undefined) throw new Error(wordsOf(said.reply));
  return id;
}
