/** The least squares line through values that come in equal steps: its slope a step, and the standard error of that. */
export function slopeOf(values: readonly number[]): {readonly perStep: number; readonly error: number} {
  const count = values.length;
  const meanAt = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const spread = values.reduce((sum, _, at) => sum + (at - meanAt) ** 2, 0);
  const perStep = values.reduce((sum, value, at) => sum + (at - meanAt) * (value - mean), 0) / spread;
  const rest = values.reduce((sum, value, at) => sum + (value - mean - perStep * (at - meanAt)) ** 2, 0);
  return {perStep, error: Math.sqrt(rest / (count - 2) / spread)};
}
