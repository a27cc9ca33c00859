import {App} from './app.tsx';
import {BuildWatcher} from './build-watcher.ts';
import {Frames} from './frames.ts';
import {collectWhenIdle} from './idle-gc.ts';
import type {Keymap} from './keymap.ts';
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
import type {ChosenNode} from '../nodes/chosen-node.ts';
import type {Terminal} from './terminal.ts';

/** What a screen is given besides what it shows. */
export interface ScreenSetting {
  readonly keymap: Keymap;
  readonly terminal: Terminal;
  /** Told of the node that is to be watched in place of this one; the screen ends. */
  readonly switchTo: (node: ChosenNode) => void;
  readonly open: (sink: EventSink) => Session;
  readonly deck: RecordingDeck;
}

/** Whatever comes in this time after a key belongs to the same burst; nobody sees a question appear later by it. */
const burstMs = 30;

/**
 * Runs the screen until the user quits, a signal comes or its time is over. Resolves with the exit code, or with why there is no node to watch; the terminal
 * is given back in every case.
 */
export async function startScreen(
  options: WatchOptions & {readonly readOnly: string | null},
  {keymap, terminal, switchTo, open, deck}: ScreenSetting,
  models: PaneModels,
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
  const store = new Store(Object.values(models), frames.invalidate);
  const session = open(store.dispatch);
  const run = async (action: Action): Promise<void> => {
    if (session.isActing) screen.notify(`${action.name}: another action is under way, one at a time`);
    else await session.command(action);
  };
  const screen = new Screen({
    keymap,
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
    toggleRecording: () => deck.toggle(keymap.keyOf('record')),
    redraw: frames.now,
    // A burst may come in several reads. What waits in the terminal's buffer is read between the timer and the other.
    afterInput: (done) => void setTimeout(() => setImmediate(done), burstMs),
    quit: () => instance.unmount(),
    switchTo: (node) => {
      switchTo(node);
      instance.unmount();
    },
    connection: options.connection,
    toggleMouse: () => terminal.toggleMouse(),
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
      `a build of ${watchBinary} that is written from now on is deployed by itself; ${keymap.keyOf('deploy') ?? 'ktop deploy'} deploys the one there`,
    );
  }
  terminal.onGone(() => ending.end(129));
  terminal.listen({onMouse: (events) => screen.mouse(events, terminal.size), onTheme: frames.now});
  const instance = terminal.show(
    <App screen={screen} frames={frames} terminal={terminal} unit={options.connection.unit} />,
  );
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
