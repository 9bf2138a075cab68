import type { MarathonAppInfo, MarathonTaskFailure } from './marathon-schemas';

/** A task that failed shortly before a change of its app, as a crash loop does that is resized, says what is wrong still. */
const shortlyMs = 60_000;

/**
 * The last failure of an app's tasks, where it tells of the app as it is now. Marathon keeps it until the next: what was
 * weeks before the app was last changed, and so deployed or scaled, says nothing about how it comes up (DC/OS §2.3). An app
 * that is scaled to 0 has nothing newer to tell. Both times are Marathon's own; one that cannot be read counts as recent.
 */
export function recentFailure(
  app: Pick<MarathonAppInfo, 'instances' | 'lastTaskFailure' | 'version'>,
): MarathonTaskFailure | undefined {
  const failure = app.lastTaskFailure;
  if (failure === undefined || app.instances === 0) return failure;
  const isOld = Date.parse(failure.timestamp) < Date.parse(app.version) - shortlyMs;
  return isOld ? undefined : failure;
}
