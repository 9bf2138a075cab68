const format = (options) => new Intl.DateTimeFormat('en-GB', options);
const clock = format({ hour: '2-digit', minute: '2-digit' });
const clockSeconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const full = format({ dateStyle: 'full', timeStyle: 'short' });
const dayMonth = format({ weekday: 'long', day: 'numeric', month: 'long' });
const dates = {
  date_num: format({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  date: format({ day: 'numeric', month: 'long', year: 'numeric' }),
  date_short: format({ day: 'numeric', month: 'short', year: 'numeric' }),
  date_long: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
};

const dateOf = (ts) => new Date(Number(ts) * 1000);
const dayOf = (date) => date.toDateString();

export const clockTime = (ts) => clock.format(dateOf(ts));
export const fullTime = (ts) => full.format(dateOf(ts));
export const dayKey = (ts) => dayOf(dateOf(ts));

/** "Today", "Yesterday" or the date. */
export function dayName(ts) {
  return relativeDay(dateOf(ts)) ?? dayMonth.format(dateOf(ts));
}

function relativeDay(date) {
  const today = new Date();
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  if (dayOf(date) === dayOf(today)) return 'Today';
  return dayOf(date) === dayOf(yesterday) ? 'Yesterday' : undefined;
}

/** Slack's date tokens (`{date_short} at {time}`); an unknown token stays as it is. */
export function formatDate(seconds, pattern) {
  const date = dateOf(seconds);
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => dateToken(date, token) ?? whole);
}

function dateToken(date, token) {
  if (token === 'time') return clock.format(date);
  if (token === 'time_secs') return clockSeconds.format(date);
  if (token === 'ago') return ago(date);
  const pretty = token.endsWith('_pretty') ? relativeDay(date)?.toLowerCase() : undefined;
  return pretty ?? dates[token.replace('_pretty', '')]?.format(date);
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units.at(-1);
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
