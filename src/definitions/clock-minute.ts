/** The minute of the day that an hour and a minute stand for, 0 to 1440 for 24:00; undefined where no clock shows them. */
export function clockMinute(hour: number, minute: number): number | undefined {
  const isClock = hour >= 0 && minute >= 0 && minute <= 59 && hour * 60 + minute <= 24 * 60;
  return isClock ? hour * 60 + minute : undefined;
}
