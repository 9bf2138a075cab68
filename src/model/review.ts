/** That somebody set aside alone what held an execution back, until somebody else has looked at it. */
export type Review = {
  readonly schema: 1;
  readonly teamId: string;
  readonly id: string;
  readonly executionId: string;
  readonly application: string;
  readonly environment: string;
  /** What was set aside, in words. */
  readonly what: string;
  /** Slack user id of who broke the glass, why, and when in milliseconds since the epoch. */
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** How long until the channel is reminded, for the first time and each time after. */
  readonly reviewWithinMs: number;
  /** How often it was. */
  readonly reminders: number;
  /** Absent while it is open; `commandId` is the command by which it was reviewed. */
  readonly reviewed?: {
    readonly by: string;
    readonly note: string;
    readonly at: number;
    readonly commandId: string;
  };
};
