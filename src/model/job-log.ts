/** A line of the log of a job on a node: how long the node was up then, what it did, and with what. Words of the node: untrusted. */
export interface JobLine {
  readonly uptimeMs: number;
  readonly word: string;
  readonly text: string;
}

/** Reads a line of a job's log, `UPTIME WORD TEXT`; null where it is none. */
export function readJobLine(line: string): JobLine | null {
  const match = /^(\d+(?:\.\d+)?) (\S+) ?(.*)$/.exec(line);
  if (match === null) return null;
  const [, uptime, word = '', text = ''] = match;
  return {uptimeMs: Math.round(Number(uptime) * 1000), word, text};
}
