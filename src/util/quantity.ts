const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Reads a Kubernetes quantity (`250m`, `1.5`, `128Mi`, `1e3`) in its base unit: cores or bytes. Null for anything else. */
export function parseQuantity(text: unknown): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : null;
  if (typeof text !== 'string') return null;
  const [, digits, suffix] =
    /^\+?(\d{1,30}\.?\d{0,30}(?:[eE][+-]?\d{1,3})?|\.\d{1,30})([A-Za-z]{0,2})$/.exec(text) ?? [];
  if (digits === undefined || suffix === undefined || !Object.hasOwn(factors, suffix)) return null;
  const value = Number(digits) * (factors[suffix] ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}
