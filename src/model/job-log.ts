/** A line of the log of a job on a node: how long the node was up then, what it did, and with what. Words of the node: untrusted. */
export interface JobLine {
  readonly uptimeMs: number;
  readonly word: string;
  readonly text: string;
}

/** Reads a line of a job's log, `UPTIME WORD TEXT`; null where it is none. */
export function readJobLine(line: string): JobLine | null {
  const [uptime = '', word = '', ...rest] = line.split(' ');
  if (!/^\d{1,12}(?:\.\d{1,9})?$/.test(uptime) || word === '') return null;
  return {uptimeMs: Math.round(Number(uptime) * 1000), word, text: rest.join(' ')};
}
