/**
 * Whether a signal was aborted, read anew: to the compiler a check of `signal.aborted` before a pause, as the condition
 * of a loop, still holds behind it.
 */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
