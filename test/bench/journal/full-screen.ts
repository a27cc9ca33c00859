import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TerminalProgram} from '../../e2e/terminal.ts';
import type {TestNode} from '../../node/start-node.ts';

export interface Answers {
  /** Milliseconds from a key to the changed screen, each press. */
  readonly waitsMs: readonly number[];
  readonly framesPerSecond: number;
  /** Lines that came while keys were pressed, a second. */
  readonly linesPerSecond: number;
}

/** What ends a frame: the terminal may show it now. */
const frameEnd = '\x1b[?2026l';
const framesIn = (raw: string) => raw.split(frameEnd).length - 1;
/** How many lines have come, as the journal's header tells it. */
export const seenOn = (ktop: TerminalProgram): number =>
  Number(/(\d+) seen/.exec(ktop.text)?.[1] ?? /─ journal .*?(\d+) lines/.exec(ktop.text)?.[1] ?? NaN);

/**
 * Presses `?` (the help, which covers the screen) and a key that closes it in turn on the built program, in a real pseudo-terminal
 * of 120×40: while it reads the journal of `unit` from its beginning as fast as it comes, or where that is absent while
 * nothing happens.
 */
export async function pressKeys(
  node: TestNode,
  {presses, unit}: {readonly presses: number; readonly unit?: string},
): Promise<Answers> {
  const config = mkdtempSync(join(tmpdir(), 'ktop-bench-'));
  const flood = unit === undefined ? [] : ['--unit', 'kubelet', '--unit', unit, '--since=-1d'];
  const ktop = TerminalProgram.ktop(
    ['--node', node.name, '--token-file', node.tokenFile, '--pod', '*', '--grep=SyncLoop|housekeeping', ...flood],
    {env: {KUBECONFIG: '/nonexistent', XDG_CONFIG_HOME: config}},
  );
  try {
    // From now on one second is like the next: the ring is full, or what is compiled at the start is.
    if (unit !== undefined) await ktop.waitFor((screen) => seenOn(screen) > 60_000);
    else await new Promise((resolve) => setTimeout(resolve, 20_000));
    const from = {ms: performance.now(), bytes: ktop.raw.length, seen: seenOn(ktop)};
    const waitsMs: number[] = [];
    for (let press = 0; press < presses; press += 1) {
      // Not in step with the frames, which come ten times a second.
      await new Promise((resolve) => setTimeout(resolve, 60 + ((press * 37) % 90)));
      const opens = press % 2 === 0;
      const pressedAt = performance.now();
      // Not escape, of which a terminal program must wait whether it begins a sequence.
      ktop.press(opens ? '?' : 'x');
      // Asked only when something was drawn: the machine has other things to do.
      while (ktop.text.includes('this help') !== opens) await ktop.drawn();
      waitsMs.push(performance.now() - pressedAt);
    }
    const seconds = (performance.now() - from.ms) / 1000;
    return {
      waitsMs,
      framesPerSecond: framesIn(ktop.raw.slice(from.bytes)) / seconds,
      linesPerSecond: (seenOn(ktop) - from.seen || 0) / seconds,
    };
  } finally {
    await ktop.dispose();
    rmSync(config, {recursive: true});
  }
}
