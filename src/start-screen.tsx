import {render} from 'ink';
import {App} from './app.tsx';
import {defaultTheme} from './components/theme.tsx';
import {Frames} from './frames.ts';
import type {Event} from './model/event.ts';
import {Screen} from './screen.ts';
import type {Session} from './session.ts';
import {Store} from './store.ts';

export interface ScreenStart {
  readonly unit: string;
  readonly session: (sink: (event: Event) => void) => Session;
}

/** Runs the screen until the user quits; the terminal is given back in every case, also on an exception. */
export async function startScreen(start: ScreenStart): Promise<number> {
  const frames = new Frames(() => 1000);
  const store = new Store([], frames.invalidate);
  const session = start.session(store.dispatch);
  const screen = new Screen({
    store,
    command: (name) => void session.command(name),
    redraw: frames.now,
    quit: () => instance.unmount(),
  });
  const instance = render(<App screen={screen} frames={frames} theme={defaultTheme} unit={start.unit} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    maxFps: 15,
  });
  try {
    await instance.waitUntilExit();
    return 0;
  } finally {
    await session.close();
  }
}
