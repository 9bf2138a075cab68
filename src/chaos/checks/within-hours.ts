import { workDaysOf } from '../calendar';
import type { ChaosCheck } from '../check';
import { openUntil } from '../work-days';

/** It is the time for kills: the hours of a work day, outside the freezes of the environments. */
export const withinHours: ChaosCheck = {
  name: 'withinHours',
  refusal: ({ world: { settings }, group, application, now }) => {
    const isOpen = openUntil(workDaysOf(settings, application, group), now) !== undefined;
    const { startHour, endHour, timeZone } = settings;
    const reason = `Kills fall between ${startHour}:00 and ${endHour}:00 (${timeZone}) of work days, and never in a freeze.`;
    return Promise.resolve(isOpen ? undefined : reason);
  },
};
