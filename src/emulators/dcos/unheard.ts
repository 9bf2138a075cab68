import type { TaskReport } from './tasks/task-runtime';

/** What became of a task while its agent was lost: nobody hears of it until the agent is back. Of each kind the latest. */
export type Unheard = TaskReport[];

/** Keeps a report for later; an older one of its kind is forgotten, so that endless checks take no room. */
export function keepUnheard(unheard: Unheard, report: TaskReport): void {
  const index = unheard.findIndex(({ kind }) => kind === report.kind);
  if (index === -1) unheard.push(report);
  else unheard[index] = report;
}
