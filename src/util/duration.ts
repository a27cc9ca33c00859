/** A duration as a person says it, two units at most: `850 ms`, `12 s`, `3 m 20 s`, `5 h 2 m`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const wholeMs = Math.max(0, Math.round(ms));
  if (wholeMs < 1000) return `${wholeMs} ms`;
  const seconds = Math.floor(wholeMs / 1000);
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  const from = units.findIndex(([, size]) => seconds >= size);
  return units
    .slice(from, from + 2)
    .map(
      ([unit, size], index) =>
        [index === 0 ? Math.floor(seconds / size) : remainder(seconds, units, from, size), unit] as const,
    )
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

function remainder(seconds: number, units: readonly (readonly [string, number])[], from: number, size: number): number {
  const larger = units[from]?.[1] ?? 1;
  return Math.floor((seconds % larger) / size);
}
