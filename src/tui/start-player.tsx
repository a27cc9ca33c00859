import {App} from './app.tsx';
import {Frames} from './frames.ts';
import {collectWhenIdle} from './idle-gc.ts';
import type {Keymap} from './keymap.ts';
import {FailureError} from '../model/failure.ts';
import {Ending} from '../session/ending.ts';
import type {WatchOptions} from '../session/options.ts';
import {createPaneModels} from '../session/pane-models.ts';
import {Player} from '../session/player/player.ts';
import type {OpenRecording} from '../session/player/open-recording.ts';
import {Screen} from './screen.ts';
import {Store} from '../session/store.ts';
import type {Terminal} from './terminal.ts';

/** What a screen over a recording is given besides what it shows. */
export interface PlayerSetting {
  readonly keymap: Keymap;
  readonly terminal: Terminal;
  readonly recording: OpenRecording;
}

/** Time passes in such steps (ms) while it is played. */
const stepMs = 100;
/** Where nothing is left to do it is looked for so often. */
const restMs = 50;
/** While time flies a picture is true for so long. */
const fastFrameMs = 200;
/** While lines are still to be filtered, or the place is not reached that was to be gone to. */
const busyFrameMs = 70;
/** While it is paused nothing moves, but what was said goes away. */
const pausedFrameMs = 1000;

/**
 * Runs the screen over a recording until the user quits, a signal comes or its time is over. Resolves with the exit code;
 * the terminal is given back in every case.
 */
export async function startPlayer(
  options: WatchOptions,
  {keymap, terminal, recording}: PlayerSetting,
): Promise<number> {
  const {replaying} = keymap;
  const models = createPaneModels(options, {keys: (name) => replaying.keyOf(name)});
  const frames: Frames = new Frames(() => {
    if (models.journal.filter.busy || player.state.end === 'going') return busyFrameMs;
    if (!player.isPlaying) return pausedFrameMs;
    return player.speed > 1 ? fastFrameMs : models.housekeeping.frameMs(player.now);
  });
  const store = new Store(Object.values(models), frames.invalidate);
  const player = new Player(
    {
      dir: recording.dir,
      tape: recording.tape,
      makeModels: () => createPaneModels(options),
      elapsedMs: () => performance.now(),
      endMs: recording.endMs,
    },
    models,
    store,
  );
  const ending = new Ending(options.forMs);
  const screen: Screen = new Screen({
    keymap,
    store,
    models,
    player,
    command: () => undefined,
    looking: () => {
      throw new FailureError({tried: 'look at the node', problem: 'this is a recording', next: null});
    },
    deploys: options.deploys,
    entryFields: () => Promise.resolve(new Map()),
    profile: () => Promise.resolve(),
    toggleRecording: () => Promise.resolve('this is a recording'),
    redraw: frames.now,
    afterInput: (done) => void setImmediate(done),
    quit: () => instance.unmount(),
    switchTo: () => undefined,
    connection: options.connection,
    toggleMouse: () => terminal.toggleMouse(),
  });
  terminal.onGone(() => ending.end(129));
  terminal.listen({onMouse: (events) => screen.mouse(events, terminal.size), onTheme: frames.now});
  const instance = terminal.show(
    <App
      nodes={{screen, all: [screen], tabRow: () => null}}
      frames={frames}
      terminal={terminal}
      unit={options.connection.unit}
    />,
  );
  const stopIdleGc = collectWhenIdle();
  const stopPlaying = play(player, frames);
  const told = (): void => {
    player.reading(recording.state);
    const {failure, problems} = recording;
    if (failure !== null) screen.notify(failure);
    else if (problems[0] !== undefined) {
      screen.notify(`${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`);
    }
    frames.invalidate('high');
  };
  void recording.read.then(told);
  try {
    const left = instance.waitUntilExit();
    const end = await Promise.race([left.then(() => 0), ending.code]);
    instance.unmount();
    await left;
    return end;
  } finally {
    stopPlaying();
    stopIdleGc();
    recording.close();
    ending.release();
  }
}

/** Lets time pass, and does in between what could not be done at once; gives what ends that. */
function play(player: Player, frames: Frames): () => void {
  const over = new AbortController();
  const timer = setInterval(() => {
    if (player.step()) frames.invalidate('high');
  }, stepMs);
  const work = (): void => {
    if (over.signal.aborted) return;
    if (!player.isBusy) {
      setTimeout(work, restMs);
      return;
    }
    player.work();
    setImmediate(work);
  };
  work();
  return () => {
    over.abort();
    clearInterval(timer);
  };
}
