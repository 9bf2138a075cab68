import type { Clock } from '../engine/clock';
import type { JobTurns, TurnAnswer, TurnRequest } from '../engine/contracts/job-turns';
import { landingMs, stepTimeoutMs } from '../engine/landing';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';

type Holder = {
  readonly key: string;
  readonly who: string;
  readonly until: number;
  /** The one start that a turn is for may have been sent. */
  readonly isSpent?: boolean;
};

/** Whose turn it is to define and start a job. `turn` rises with each that is another's, or follows one that is spent. */
export type JobTurn = { readonly schema: 1; readonly turn: number; readonly holder?: Holder };

/** One document per job; its id is `dcosCluster/jobId`. Not listed by anything. */
const jobTurnKind: DocumentKind<JobTurn> = { name: 'jobTurn', indexes: () => ({}) };

/** As long as the look that takes it may still send, and what it sends may still take effect. */
const turnMs = stepTimeoutMs + landingMs;
const idOf = ({ dcosCluster, jobId }: Pick<TurnRequest, 'dcosCluster' | 'jobId'>) => `${dcosCluster}/${jobId}`;

/** Turns in a store: each answer is one compare-and-set. */
export function createJobTurns(store: DocumentStore, clock: Clock): JobTurns {
  return {
    async take({ key, who, ...job }) {
      const id = idOf(job);
      const now = clock.now();
      await store.create(jobTurnKind, id, { schema: 1, turn: 0 });
      let answer: TurnAnswer = { isOwn: false, holder: '' };
      await store.update(jobTurnKind, id, (found) => {
        const { holder } = found;
        if (holder !== undefined && holder.key !== key && holder.until > now) {
          answer = { isOwn: false, holder: holder.who };
          return found;
        }
        const turn = holder?.key === key && holder.isSpent !== true ? found.turn : found.turn + 1;
        answer = { isOwn: true, turn };
        return { ...found, turn, holder: { key, who, until: now + turnMs } };
      });
      return answer;
    },
    async spend({ key, turn, ...job }) {
      let answer: Awaited<ReturnType<JobTurns['spend']>> = 'lost';
      await store.update(jobTurnKind, idOf(job), (found) => {
        const { holder } = found;
        if (holder?.key !== key || found.turn !== turn) {
          answer = 'lost';
          return found;
        }
        answer = holder.isSpent === true ? 'spent' : 'free';
        if (answer === 'spent') return found;
        return { ...found, holder: { ...holder, until: clock.now() + turnMs, isSpent: true } };
      });
      return answer;
    },
    async release({ key, ...job }) {
      await store.update(jobTurnKind, idOf(job), (found) => {
        if (found.holder?.key !== key) return found;
        const { schema, turn } = found;
        return { schema, turn };
      });
    },
  };
}
