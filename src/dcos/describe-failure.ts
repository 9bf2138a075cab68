import type { MarathonAppInfo } from './marathon-schemas';
import { recentFailure } from './recent-failure';
import { timeText } from './time-text';

/** Why tasks of an app fail: the last failure in words; undefined when Marathon knows of none since they were last changed. */
export function describeFailure(app: MarathonAppInfo): string | undefined {
  const failure = recentFailure(app);
  if (failure === undefined) return undefined;
  const where = failure.host === '' ? '' : ` on ${failure.host}`;
  return `${failure.state || 'A task failed'}${where}${timeText(failure.timestamp)}: ${failure.message || 'no message'}`;
}
