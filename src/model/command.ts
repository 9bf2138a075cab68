import type { AuditFact } from './audit';
import type { AwaitedExecution, ExecutionDefinition, PipelineRun, ReportTarget, Stage } from './execution';
import type { ChoiceTarget, View } from './view';

/** Where a command came from, and so where its answer goes. */
export type CommandSource =
  | {
      readonly surface: 'slack';
      readonly user: string;
      readonly channel: string;
      /** The message whose button was pressed, by Slack's time stamp. */
      readonly message?: string;
      /** Good for 5 answers within 30 minutes. */
      readonly responseUrl?: string;
      /** What was clicked is seen by this person alone, so that the answer may take its place. */
      readonly onPrivateMessage?: boolean;
    }
  | { readonly surface: 'cli'; readonly user: string };

/** What was asked: words typed, or a choice made on something the bot showed. */
export type CommandRequest =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'choice';
      readonly name: string;
      readonly target: ChoiceTarget;
      readonly answer?: string;
      /** What was picked where the choice asks for that beside an answer. */
      readonly picked?: string;
    };

/** An execution as it will be made when its plan is confirmed. */
export type ExecutionDraft = {
  readonly application: string;
  /** `application/pipeline`, where a pipeline of a file is run. */
  readonly pipelineConfigId?: string;
  /** What that pipeline says of its executions; absent: any number run at once, without parameters. */
  readonly run?: PipelineRun;
  readonly name: string;
  readonly definition: ExecutionDefinition;
  readonly stages: readonly Stage[];
  readonly report?: ReportTarget;
  /** Why, in the requester's words. */
  readonly reason?: string;
  /** A running execution that this one replaces: it is canceled first. */
  readonly cancels?: string;
  /**
   * It waits, as the first, until what it cancels, or what is on its way back without that, has gone back, and does what it was
   * planned to do whatever that has changed; absent: it works beside what it cancels.
   */
  readonly awaitsCanceled?: AwaitedExecution;
};

/** Another way that a plan offers: what is said in its words is planned again when it is chosen. */
export type OtherWay = Pick<PlannedAction, 'text' | 'hash' | 'facts' | 'draft'>;

/** The plan shown for a command, to be confirmed or dropped once. */
export type PlannedAction = {
  /** The words it was planned from. */
  readonly text: string;
  /** Over the resolved definition, parameters, image and each target group's name, version and instances. */
  readonly hash: string;
  /** What the hash covers, in words, so that a fresh plan can say what moved. */
  readonly facts: Readonly<Record<string, string>>;
  readonly state: 'open' | 'confirmed' | 'canceled';
  readonly decidedBy?: string;
  readonly draft: ExecutionDraft;
  readonly executionId?: string;
  /** The way that is not taken unless its own button is pressed; absent: there is one way only. */
  readonly other?: OtherWay;
};

/** Chains of the audit log, and days of them as `2026-01-31`, both included; absent is without a bound. */
export type AuditGrant = { readonly chains: readonly string[]; readonly from?: string; readonly to?: string };

/** Whom a refusal to act on an execution lets its reader ask, and for what. */
export type Wish = {
  readonly executionId: string;
  /** What was to be done, as a choice is named: `cancelExecution`, `approve`. */
  readonly name: string;
  readonly stageId?: string;
  /** Those who may: user groups and people. */
  readonly asks: readonly string[];
  /** The words that do just this, where it was said in words; absent where the message of the execution has its button. */
  readonly text?: string;
};

/** One thing a person asked for; stored before it is acknowledged, keyed by Slack's trigger id. */
export type Command = {
  readonly schema: 1;
  readonly teamId: string;
  readonly id: string;
  readonly source: CommandSource;
  readonly request: CommandRequest;
  readonly createdAt: number;
  readonly state: 'received' | 'answered';
  /** The answer; drained into a message for Slack, read through the local API by the CLI. */
  readonly reply?: View;
  /** An answer to a choice replaces the message the choice stood in. */
  readonly replaceOriginal?: boolean;
  /** The answer is a direct message: Coxswain asks by itself, about what was confirmed before. */
  readonly answersDirectly?: true;
  /** Nothing is sent to Slack: what changed is seen elsewhere. */
  readonly quiet?: boolean;
  /** The execution that this command started or acted upon. */
  readonly executionId?: string;
  readonly plan?: PlannedAction;
  /** Of a refusal: what others can be asked for; absent where the words of the command say it, and where nobody can be. */
  readonly wish?: Wish;
  /** The part of the audit log that the answer gives its reader to export. */
  readonly audit?: AuditGrant;
  /** What is still to be written to the audit log. */
  readonly events?: readonly AuditFact[];
};
