/** Who wants to define and start a job; `key` is that of the stage's effects. */
export type TurnRequest = {
  readonly dcosCluster: string;
  readonly jobId: string;
  readonly key: string;
  /** Who that is, for those that wait. */
  readonly who: string;
};

/**
 * Whether it is the asker's turn. `turn` is the same for as long as nobody else had one in between and it is not spent, however
 * often it is asked for; otherwise `holder` is who has it.
 */
export type TurnAnswer =
  { readonly isOwn: true; readonly turn: number } | { readonly isOwn: false; readonly holder: string };

/** A turn to be used, as it was taken. */
export type SpendRequest = Pick<TurnRequest, 'dcosCluster' | 'jobId' | 'key'> & { readonly turn: number };

/**
 * One at a time defines and starts a job of a DC/OS cluster: Metronome runs whatever the definition is by then. A turn ends
 * by itself when nothing that its holder has sent can take effect any more.
 */
export interface JobTurns {
  /** Takes the turn where nobody else has it, and prolongs one's own. Safe to repeat. */
  take(request: TurnRequest): Promise<TurnAnswer>;
  /**
   * Whether the asker may start the job now: once in each turn, since a second look of the same stage may come while the first
   * is still at it. `spent`: another look may have started it already. `lost`: the turn is over. `free` prolongs the turn.
   */
  spend(request: SpendRequest): Promise<'free' | 'spent' | 'lost'>;
  /** Nothing more is on its way; whoever does not have the turn changes nothing. */
  release(request: Pick<TurnRequest, 'dcosCluster' | 'jobId' | 'key'>): Promise<void>;
}
