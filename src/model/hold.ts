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
};

const words = { lock: 'locked by ', stop: 'everything is stopped by ' } as const;

/** `locked by @ana since 13:10 until 15:10: migration`. */
export function holdText({ kind, by, at, until, reason }: Hold): Text {
  const end: Text = until === undefined ? '' : [' until ', { time: until }];
  const why = reason === undefined ? '' : `: ${reason}`;
  return joinTexts([[words[kind], { person: by }, ' since ', { time: at }], end, why]);
}
