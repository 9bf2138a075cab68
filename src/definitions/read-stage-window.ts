import type { TimeWindow } from '../model/time-window';
import { parseWindow } from './parse-window';
import type { YamlObject } from './yaml-object';

/** The execution window of a stage, in our spelling or by Spinnaker's two fields; undefined where it has none. */
export function readStageWindow(fields: YamlObject, timeZone: string): TimeWindow | undefined {
  const theirs = fields.get('restrictedExecutionWindow');
  const isRestricted = fields.get('restrictExecutionDuringTimeWindow')?.boolean() === true;
  if (fields.refuseBoth('window', 'restrictedExecutionWindow')) return undefined;
  const own = fields.get('window');
  if (own !== undefined) return parseWindow(own, timeZone);
  if (!isRestricted) return undefined;
  if (theirs !== undefined) return parseWindow(theirs, timeZone);
  return fields
    .get('restrictExecutionDuringTimeWindow')
    ?.fail("There is no restrictedExecutionWindow. Write for example: window: { days: Mon-Fri, hours: '09:00-16:00' }");
}
