import {render} from 'ink';
import {App} from './app.tsx';
import {screenTerminal} from './screen-terminal.ts';
import {chooseTheme} from '../components/theme.tsx';
import {BuildWatcher} from './build-watcher.ts';
import {Frames} from './frames.ts';
import {collectWhenIdle} from './idle-gc.ts';
import {restartBanner} from '../model/screen/status.ts';
import {localMs} from '../model/time.ts';
import type {Action} from '../commands/command.ts';
import {Ending} from '../session/ending.ts';
import type {WatchOptions} from '../session/options.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {RecordingDeck} from '../session/recording-deck.ts';
import {Screen} from './screen.ts';
import {flagsOf} from './screen-flags.ts';
import type {EventSink, Session} from '../session/session.ts';
import {Store} from '../session/store.ts';

/** Whatever comes in this time after a key belongs to the same burst; nobody sees a question appear later by it. */
const burstMs = 30;

/**
 * Runs the screen until the user quits, a signal comes or its time is over. Resolves with the exit code, or with why there is no node to watch; the terminal
 * is given back in every case.
 */
export async function startScreen(
  options: WatchOptions & {readonly readOnly: string | null},
  models: PaneModels,
  {open, deck}: {readonly open: (sink: EventSink) => Session; readonly deck: RecordingDeck},
): Promise<number | NodeError> {
  let builds: BuildWatcher | null = null;
  const frames: Frames = new Frames(() => {
    const now = localMs(Date.now());
    if (models.journal.filter.busy) return 70;
    return restartBanner(store.status, now) === null && builds?.isCounting !== true
      ? models.housekeeping.frameMs(now)
      : 200;
  });
  const ending = new Ending(options.forMs);
  // A pane that was closed takes its terminal along: what is open is closed in order all the same.
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => ending.end(129));
  const store = new Store(Object.values(models), frames.invalidate);
  const session = open(store.dispatch);
  const run = async (action: Action): Promise<void> => {
    if (session.isActing) screen.notify(`${action.name}: another action is under way, one at a time`);
    else await session.command(action);
  };
  const screen = new Screen({
    store,
    models,
    command: (action) => void run(action),
    looking: () => session.looking,
    deploys: options.deploys,
    builds: () => builds,
    readOnly: options.readOnly,
    flags: flagsOf(() => session),
    entryFields: (cursor) => session.entryFields(cursor),
    profile: (tell) => session.profile('cpu', 30, tell),
    toggleRecording: () => deck.toggle(),
    redraw: frames.now,
    // A burst may come in several reads. What waits in the terminal's buffer is read between the timer and the other.
    afterInput: (done) => void setTimeout(() => setImmediate(done), burstMs),
    quit: () => instance.unmount(),
  });
  const {watchBinary} = options.deploys;
  if (watchBinary !== null) {
    builds = new BuildWatcher({
      path: watchBinary,
      deploy: options.deploys.options,
      session,
      isReached: () => store.status.node !== null,
      failed: (name, failure) => screen.failed(name, failure),
      changed: frames.now,
    });
    builds.start();
    screen.notify(
      `a build of ${watchBinary} that is written from now on is deployed by itself; d deploys the one there`,
    );
  }
  const theme = chooseTheme(options.theme, process.env);
  // Ink does it too, but behind its first frame: whoever sees that and presses ctrl-Z is heard by ktop.
  process.stdin.setRawMode(true);
  const instance = render(<App screen={screen} frames={frames} theme={theme} unit={options.connection.unit} />, {
    stdout: screenTerminal(process.stdout, theme.unicode),
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    // `Frames` holds it to fifteen; this only must not stand in its way.
    maxFps: 60,
  });
  const stopIdleGc = collectWhenIdle();
  try {
    const left = instance.waitUntilExit();
    const end = await Promise.race([left.then(() => 0), session.unresolved, ending.code]);
    // First the terminal, then what may take its time.
    instance.unmount();
    await left;
    return end;
  } finally {
    builds?.stop();
    stopIdleGc();
    await session.close();
    ending.release();
  }
}
