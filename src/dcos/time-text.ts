/** ` at 2026-01-05 10:00:00 UTC` for a time as Marathon writes it; empty where it is none. */
export function timeText(timestamp: string): string {
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? '' : ` at ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
