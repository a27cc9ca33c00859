import type {Command} from 'commander';
import type {ConnectionOptions} from '../nodes/options.ts';
import {printText} from '../terminal/print.ts';
import {sleep} from '../util/sleep.ts';
import {completionOf, type Candidate} from './complete.ts';

/** A shell waits with the cursor: what is not known by then is not offered. Counted from the start of the process. */
const answerWithinMs = 300;
/** What is left of that for the end of the program. */
const reserveMs = 40;

export interface LiveNames {
  readonly nodes: (signal: AbortSignal, found: (names: readonly string[]) => void) => Promise<void>;
  readonly pods: (signal: AbortSignal, found: (names: readonly string[]) => void) => Promise<void>;
}

/**
 * Prints what can stand in place of the last word, a line each: the word, a tab and what it is; `:files` where a file can.
 * Names of nodes and pods are asked for live; a cluster that is down or slow costs nothing but them.
 */
export async function complete(program: Command, words: readonly string[], live: LiveNames): Promise<number> {
  const {candidates, files, live: wanted, prefix} = completionOf(program, words);
  const typed = (words.at(-1) ?? '').slice(prefix.length);
  let names: readonly string[] = [];
  if (wanted !== null) {
    const ended = new AbortController();
    const asked = live[wanted](ended.signal, (found) => (names = found)).catch(() => undefined);
    const leftMs = Math.max(0, answerWithinMs - reserveMs - process.uptime() * 1000);
    await Promise.race([asked, sleep(leftMs, ended.signal)]);
    ended.abort();
  }
  const isPlain = (name: string): boolean => /^[\w./@-]{1,300}$/.test(name);
  const found = names
    .filter((name) => isPlain(name) && name.startsWith(typed))
    .map((word): Candidate => ({word, what: ''}));
  const lines = [...found, ...candidates].map(({word, what}) => `${prefix}${word}\t${what}`);
  printText([...lines, ...(files ? [':files'] : [])].map((line) => `${line.replace('\t', '  ')}\n`).join(''));
  return 0;
}

/** What was said of the node so far, as far as a completion needs it. */
export function connectionIn(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Partial<ConnectionOptions> {
  const valueOf = (...names: readonly string[]): string | null => {
    for (const [index, word] of words.slice(0, -1).entries()) {
      if (names.includes(word)) return words[index + 1] ?? null;
      const joined = names.find((name) => word.startsWith(`${name}=`));
      if (joined !== undefined) return word.slice(joined.length + 1);
    }
    return null;
  };
  const demo = words.includes('--demo');
  return {
    node: demo ? null : (valueOf('--node', '-n') ?? env.KTOP_NODE ?? null),
    ...(demo ? {via: 'demo' as const} : {}),
    context: valueOf('--context'),
    kubeconfig: valueOf('--kubeconfig'),
  };
}
