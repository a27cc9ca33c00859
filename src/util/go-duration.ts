const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go prints it (`18.78s`, `1m30s`, `500ms`; time.ParseDuration), or null. */
export function goDurationMs(text: string): number | null {
  // No two ways to read one number: with more, a long text that ends badly would be tried in all of them.
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? NaN);
  }
  return total;
}
