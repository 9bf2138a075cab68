import { joinTexts, type Text } from './text';

/** What keeps executions from starting: somebody's lock of their environment, or the stop of everything. */
export type Hold = {
  readonly kind: 'lock' | 'stop';
  /** Slack user id of who holds. */
  readonly by: string;
  /** Since when, in milliseconds since the epoch. */
  readonly at: number;
  /** Absent where a stop was given none. */
  readonly reason?: string;
  /** When it ends by itself, in milliseconds since the epoch; absent: when somebody lifts it. */
  readonly until?: number;
  /** The rollback that came after the execution was asked for, so that it waits for whomever it is; absent where none did. */
  readonly rolledBack?: { readonly by: string; readonly at: number };
};

const words = { lock: 'locked by ', stop: 'everything is stopped by ' } as const;

/** `; asked for before the rollback by @bob 14:10, so it waits even for who holds the lock`. */
const rollbackText = ({ rolledBack }: Hold): Text =>
  rolledBack === undefined
    ? ''
    : [
        '; it was asked for before the rollback by ',
        { person: rolledBack.by },
        ' ',
        { time: rolledBack.at },
        ', so it waits for the end of the lock whoever holds that',
      ];

/** `locked by @ana since 13:10 until 15:10: migration`. */
export function holdText(hold: Hold): Text {
  const { kind, by, at, until, reason } = hold;
  const end: Text = until === undefined ? '' : [' until ', { time: until }];
  const why = reason === undefined ? '' : `: ${reason}`;
  return joinTexts([[words[kind], { person: by }, ' since ', { time: at }], end, why, rollbackText(hold)]);
}
