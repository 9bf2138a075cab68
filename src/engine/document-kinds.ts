import type { Command } from '../model/command';
import type { Execution } from '../model/execution';
import type { Expiry } from '../model/expiry';
import type { Message } from '../model/message';
import type { Review } from '../model/review';
import { isComplete } from '../model/status';
import type { DocumentKind, StoredDocument } from './ports/document-store';

const mapOf = (value: unknown): StoredDocument => (typeof value === 'object' && value !== null ? { ...value } : {});

/** Before, the requester's reason stood among the parameters of the pipeline, which may have one of that name. */
function moveReason(older: StoredDocument): StoredDocument {
  const { parameters, ...trigger } = mapOf(older.trigger);
  const { reason, ...others } = mapOf(parameters);
  return {
    ...older,
    trigger: { ...trigger, parameters: others, ...(typeof reason === 'string' ? { reason } : {}) },
  };
}

/** Executions, listed by application, by cluster (`foo-prod`), by `active` (`true` until complete) and by `rollbackOf`. */
export const executionKind: DocumentKind<Execution> = {
  name: 'execution',
  indexes: (execution) => ({
    application: execution.application,
    cluster: execution.definition.cluster,
    ...(execution.definition.kind === 'rollback' ? { rollbackOf: execution.definition.cluster } : {}),
    ...(isComplete(execution.status) ? {} : { active: 'true' }),
  }),
  upgrades: [moveReason],
};

/** Commands; not listed by anything. */
export const commandKind: DocumentKind<Command> = { name: 'command', indexes: () => ({}) };

/** Server groups to be destroyed later; not listed by anything. */
export const expiryKind: DocumentKind<Expiry> = { name: 'expiry', indexes: () => ({}) };

/** What was done alone and is to be reviewed, listed by `open` (`true` until it is). */
export const reviewKind: DocumentKind<Review> = {
  name: 'review',
  indexes: ({ reviewed }): Readonly<Record<string, string>> => (reviewed === undefined ? { open: 'true' } : {}),
};

/** Messages, those that are copies listed by `copyOf`; the due index finds what is to be sent. */
export const messageKind: DocumentKind<Message> = {
  name: 'message',
  indexes: ({ copyOf }): Record<string, string> => (copyOf === undefined ? {} : { copyOf }),
};

/** User groups as last read from Slack: handle → user ids; one document per workspace, its id the team's. */
export type PeopleProjection = {
  readonly schema: 1;
  readonly teamId: string;
  readonly readAt: number;
  readonly groups: Readonly<Record<string, readonly string[]>>;
};

/** User groups, written by whoever talks to Slack and read by whoever decides. */
export const peopleKind: DocumentKind<PeopleProjection> = { name: 'people', indexes: () => ({}) };

/** A person as last read from Slack; the document's id is the team's and theirs (`personId`). */
export type PersonProjection = {
  readonly schema: 1;
  readonly teamId: string;
  readonly user: string;
  /** In small letters; absent where Slack shows none. */
  readonly email?: string;
  /** A member of this workspace is a `person`; `gone` is an account that was deactivated or is not there. */
  readonly kind: 'person' | 'bot' | 'gone' | 'foreign';
};

/** The id of a person's document. */
export const personId = (teamId: string, user: string): string => `${teamId}/${user}`;

/** People who have asked for something, listed by `email`. */
export const personKind: DocumentKind<PersonProjection> = {
  name: 'person',
  indexes: ({ email }): Record<string, string> => (email === undefined ? {} : { email }),
};
