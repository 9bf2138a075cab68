import type { Chaos } from '../../src/chaos';
import type { Clock } from '../../src/engine/clock';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Signal, SignalOutcome } from '../../src/engine/signals';
import type { NewId } from '../../src/engine/ids';
import type { ServerGroups } from '../../src/dcos/server-groups';
import type { Definitions } from '../../src/model/application';
import type { AuditGrant, Command, ExecutionDraft, Wish } from '../../src/model/command';
import type { AuditFact } from '../../src/model/audit';
import type { Execution } from '../../src/model/execution';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import type { People } from '../../src/policy/people';
import type { UserSettingsStore } from '../../src/store/user-settings';
import type { Words } from './words';

/** What a verb may ask for. */
export type VerbWorld = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly teamId: string;
  readonly definitions: () => Definitions;
  readonly serverGroups: ServerGroups;
  /** Groups, and what is known of `users`, as they are now; of whoever is not named nothing is known, not even that they are a bot. */
  readonly people: (users: readonly string[]) => Promise<People>;
  readonly settings: UserSettingsStore;
  /** The live message of an execution: what it is doing, and what people may do to it now. */
  readonly show: (execution: Execution) => View;
  /** Applies a signal to an execution and wakes it; `signalId` makes a repeat count as done. */
  readonly signal: (executionId: string, signal: Signal, signalId: string) => Promise<SignalOutcome>;
  readonly chaos: Chaos;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
};

/** What a verb wants done: an answer, a plan to be confirmed, or a start without asking. */
export type VerbAnswer =
  | { readonly type: 'reply'; readonly view: View; readonly audit?: AuditGrant; readonly wish?: Wish }
  | {
      readonly type: 'plan';
      readonly plan: PlanCard;
      readonly confirm: boolean;
      /** The words that plan it again, where they are others than those that were said. */
      readonly text?: string;
    };

/** A plan: what will be done, what it depends on, and how it is shown (without its buttons). */
export type PlanCard = {
  readonly draft: ExecutionDraft;
  /** In words; what the hash covers besides the draft's stages. */
  readonly facts: Readonly<Record<string, string>>;
  readonly view: View;
  readonly confirmLabel: string;
  /** Whether something goes that does not come back by itself: its button warns. @default false */
  readonly isDestructive?: boolean;
  /** A second way, with a button of its own. */
  readonly other?: OtherCard;
};

/** A second way of a plan, as its own words plan it; `lines` tell the two apart. */
export type OtherCard = Pick<PlanCard, 'draft' | 'facts' | 'confirmLabel'> & {
  readonly text: string;
  readonly lines: readonly Text[];
};

/** One verb: `deploy`, `status`, … */
export type Verb = {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly string[];
  /** Names of the options it knows; others are refused with the nearest. */
  readonly options: readonly string[];
  /**
   * The options of these very words, where they differ by what is asked or named; `any` where each is handed on, or where `run`
   * is to say that what is named is not there. @default options
   */
  readonly optionsFor?: (words: Words, world: VerbWorld) => readonly string[] | 'any';
  readonly run: (words: Words, command: Command, world: VerbWorld) => Promise<VerbAnswer>;
};
