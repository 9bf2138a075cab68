const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^([1-9]\d{0,6})([smhd])$/;

/** Reads `90s`, `10m`, `4h` or `2d` as milliseconds; undefined for anything else, zero included. */
export function parseDurationMs(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}
