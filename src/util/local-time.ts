/** A moment (unix ms) by the local clock, as options take it: `2026-01-02T14:05:30`. */
export function localTime(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
