import { isTimeZone } from '../model/local-time';
import type { Hours, Jitter, TimeWindow } from '../model/time-window';
import { clockMinute } from './clock-minute';
import { readDays } from './read-days';
import { readFreeze } from './read-freeze';
import { withoutAbsent } from './without-absent';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const known = ['days', 'hours', 'timeZone', 'freeze', 'whitelist', 'jitter'];
const clock = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;
const lastMinute = 24 * 60 - 1;

/**
 * Hours between two times of the day; midnight at the end of a day is its last minute, since hours are inclusive. None where
 * they begin at that midnight, which is reported.
 */
function hoursOf(item: YamlValue, start: number, end: number): readonly Hours[] {
  if (start <= lastMinute) return [{ from: start, to: Math.min(end, lastMinute) }];
  return item.fail(`${item.label} begins at 24:00, which is the end of a day. Write 00:00 as its start.`) ?? [];
}

function readHours(item: YamlValue): readonly Hours[] {
  const text = item.text("hours such as '09:00-16:00'");
  if (text === undefined || item.refusesExpression('Write the hours themselves.')) return [];
  const [, ...parts] = clock.exec(text) ?? [];
  const [startHour = NaN, startMin = NaN, endHour = NaN, endMin = NaN] = parts.map(Number);
  const [start, end] = [clockMinute(startHour, startMin), clockMinute(endHour, endMin)];
  if (start !== undefined && end !== undefined) return hoursOf(item, start, end);
  return item.fail(`${item.label} '${text}' must be two times of the day such as '09:00-16:00'.`) ?? [];
}

/** One of Spinnaker's `{ startHour, startMin, endHour, endMin }`; minutes are 0 where they are not given. */
function readWhitelisted(item: YamlValue): readonly Hours[] {
  const fields = item.object({ known: ['startHour', 'startMin', 'endHour', 'endMin'] });
  const hour = (name: string) => fields?.require(name, `${name}: 10`)?.integer({ min: 0, max: 24 });
  const minute = (name: string) => fields?.get(name)?.integer({ min: 0, max: 59 }) ?? 0;
  const [startHour, endHour] = [hour('startHour'), hour('endHour')];
  if (startHour === undefined || endHour === undefined) return [];
  const [start, end] = [clockMinute(startHour, minute('startMin')), clockMinute(endHour, minute('endMin'))];
  if (start !== undefined && end !== undefined) return hoursOf(item, start, end);
  return item.fail(`${item.label} goes beyond the end of the day. Write 23:59 as its end.`) ?? [];
}

function readAllHours(fields: YamlObject): readonly Hours[] {
  fields.refuseBoth('hours', 'whitelist');
  const hours = fields.get('hours');
  if (hours !== undefined) return (hours.isList ? (hours.list() ?? []) : [hours]).flatMap(readHours);
  return fields.get('whitelist')?.list()?.flatMap(readWhitelisted) ?? [];
}

function readTimeZone(value: YamlValue | undefined): string | undefined {
  const name = value?.refusesExpression("Write the zone's name itself.") === true ? undefined : value?.text();
  if (name === undefined || isTimeZone(name)) return name;
  return value?.fail(`${value.label} '${name}' is no time zone. Write one such as Europe/Berlin or UTC.`);
}

const secondsOf = (value: YamlValue | undefined): number => value?.integer({ min: 0, max: 86_400 }) ?? 0;

function readJitter(value: YamlValue | undefined): Jitter | undefined {
  if (value?.isObject === false) {
    const maxMs = value.durationMs();
    return maxMs === undefined ? undefined : { minDelay: 0, maxDelay: Math.floor(maxMs / 1000), skipManual: false };
  }
  const fields = value?.object({ known: ['enabled', 'minDelay', 'maxDelay', 'skipManual'] });
  if (fields === undefined || fields.get('enabled')?.boolean() === false) return undefined;
  const [minDelay, maxDelay] = [secondsOf(fields.get('minDelay')), secondsOf(fields.get('maxDelay'))];
  if (minDelay > maxDelay)
    fields.get('minDelay')?.fail(`minDelay ${minDelay} is more than maxDelay ${maxDelay}. Exchange them.`);
  return { minDelay, maxDelay, skipManual: fields.get('skipManual')?.boolean() ?? false };
}

/** Spinnaker refuses a window that says nothing; here one that only freezes is good too. */
function refuseEmpty(fields: YamlObject, { hours, days, freezes }: Omit<TimeWindow, 'timeZone'>): void {
  if (hours.length > 0 || days.length > 0 || freezes.length > 0) return;
  fields.value.fail(
    "Incorrect time windows specified: there are neither hours nor days nor a freeze. Write for example: window: { days: Mon-Fri, hours: '09:00-16:00' }",
  );
}

/**
 * Reads an execution window, ours (`days`, `hours`, `freeze`) or Spinnaker's (`whitelist`, `days` as numbers, `jitter`), or
 * both mixed. `timeZone` is that of windows that name none. Undefined where something is wrong with it.
 */
export function parseWindow(value: YamlValue, timeZone: string): TimeWindow | undefined {
  const before = value.source.problems.length;
  const fields = value.object({ known });
  if (fields === undefined) return undefined;
  const daysAt = fields.get('days');
  const window = {
    hours: readAllHours(fields),
    days: daysAt === undefined ? [] : readDays(daysAt),
    freezes:
      fields
        .get('freeze')
        ?.list()
        ?.flatMap((item) => readFreeze(item) ?? []) ?? [],
  };
  const zone = readTimeZone(fields.get('timeZone')) ?? timeZone;
  const jitter = readJitter(fields.get('jitter'));
  if (value.source.problems.length > before) return undefined;
  refuseEmpty(fields, window);
  return value.source.problems.length > before
    ? undefined
    : { ...window, timeZone: zone, ...withoutAbsent({ jitter }) };
}
