/** What the two threads share: which step runs since when, and on what input. */
export interface Shared {
  /** `[step, parser, length of the input in bytes]`; the step is even while one runs. */
  readonly head: Int32Array;
  readonly input: Uint8Array;
}

export const inputBytes = 4 << 20;

export function sharedOf(buffer: SharedArrayBuffer): Shared {
  return {head: new Int32Array(buffer, 0, 3), input: new Uint8Array(buffer, 12)};
}

/** What went wrong with one input. */
export interface Finding {
  readonly parser: string;
  readonly fault: string;
  readonly input: Uint8Array;
}
