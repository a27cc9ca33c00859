import {App} from './app.tsx';
import {Frames} from './frames.ts';
import {collectWhenIdle} from './idle-gc.ts';
import type {Keymap} from './keymap.ts';
import {localMs} from '../model/time.ts';
import {Ending} from '../session/ending.ts';
import type {WatchOptions} from '../session/options.ts';
import type {Watching} from '../session/watching.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import {NodesOnScreen} from './nodes-on-screen.ts';
import type {Terminal} from './terminal.ts';
import {watchVisibility} from './tmux.ts';

/** What a screen is given besides the nodes that it shows. */
export interface ScreenSetting {
  readonly keymap: Keymap;
  readonly terminal: Terminal;
  /** Where it was said that nothing may be changed; null where it may. */
  readonly readOnly: string | null;
  /** Of a single node: told of the one that is to be watched in its place; the screen ends. */
  readonly switchTo?: (node: ChosenNode) => void;
  /** Of several: makes ready what takes the place of one of them. */
  readonly another?: (node: ChosenNode, before: Watching) => Watching;
}

/**
 * Runs the screen until the user quits, a signal comes or its time is over. Resolves with the exit code, or with why there is no node to watch; the terminal
 * is given back in every case.
 */
export async function startScreen(
  options: WatchOptions,
  {keymap, terminal, readOnly, switchTo, another}: ScreenSetting,
  all: readonly Watching[],
): Promise<number | NodeError> {
  const frames: Frames = new Frames(() => nodes.active.frameMs(localMs(Date.now())));
  const ending = new Ending(options.forMs);
  const nodes: NodesOnScreen = new NodesOnScreen(all, {
    shared: {
      keymap: all.length > 1 ? keymap : keymap.ofOneNode,
      terminal,
      frames,
      readOnly,
      quit: () => instance.unmount(),
    },
    switchTo: (node) => {
      switchTo?.(node);
      instance.unmount();
    },
    another: another ?? null,
  });
  terminal.onGone(() => ending.end(129));
  terminal.listen({onMouse: (events) => nodes.mouse(events, terminal.size), onTheme: frames.now});
  const instance = terminal.show(
    <App nodes={nodes} frames={frames} terminal={terminal} unit={options.connection.unit} />,
  );
  const stopIdleGc = collectWhenIdle();
  const looking = new AbortController();
  const seen = (isSeen: boolean): void => {
    frames.show(isSeen);
    nodes.isSeen = isSeen;
  };
  void watchVisibility(process.env, seen, looking.signal);
  try {
    const left = instance.waitUntilExit();
    const end = await Promise.race([left.then(() => 0), nodes.unresolved, ending.code]);
    // First the terminal, then what may take its time.
    instance.unmount();
    await left;
    return end;
  } finally {
    stopIdleGc();
    looking.abort();
    await nodes.close();
    ending.release();
  }
}
