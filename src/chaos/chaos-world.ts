import type { ServerGroups } from '../dcos/server-groups';
import type { Clock } from '../engine/clock';
import type { NewId } from '../engine/ids';
import type { DocumentStore } from '../engine/ports/document-store';
import type { StartParts } from '../engine/start-execution';
import type { Application, Definitions, Environment } from '../model/application';
import type { AuditFact } from '../model/audit';
import type { ChaosSettings } from '../model/chaos';
import type { NewSeed } from './draw';

/** What chaos works with. */
export type ChaosWorld = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly teamId: string;
  readonly newId: NewId;
  readonly newSeed: NewSeed;
  readonly settings: ChaosSettings;
  readonly definitions: () => Definitions;
  readonly serverGroups: ServerGroups;
  readonly signal: StartParts['signal'];
  /** Why nothing may start anywhere just now, in words; undefined where it may. */
  readonly stopped: () => Promise<string | undefined>;
  /** The id of the last stop of everything, lifted or not; empty where there was none. */
  readonly lastStop: () => Promise<string>;
  /** Reads all locks at once; the answer says why nothing may start in an environment by them, undefined where it may. */
  readonly locks: () => Promise<(application: Application, environment: Environment) => string | undefined>;
  /** Writes facts to the audit log, each once however often it is told. */
  readonly record: (facts: readonly AuditFact[]) => Promise<void>;
  /** Told of every failed try; the next one comes by itself. */
  readonly onError: (error: unknown, documentId: string) => void;
};
