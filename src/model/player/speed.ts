/** How many seconds of a recording pass in one. */
const speeds = [1, 2, 5, 10, 20, 50, 100] as const;

/** The next faster or slower speed; the fastest and the slowest stay what they are. */
export function nextSpeed(speed: number, step: 1 | -1): number {
  const at = speeds.findIndex((one) => one >= speed);
  return speeds[Math.min(speeds.length - 1, Math.max(0, at + step))] ?? speed;
}
