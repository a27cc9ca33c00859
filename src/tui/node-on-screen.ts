import type {Action} from '../commands/command.ts';
import {NodeRow} from '../model/screen/node-row.ts';
import {restartBanner} from '../model/screen/status.ts';
import {localMs, type LocalMs} from '../model/time.ts';
import {Attention} from '../session/attention.ts';
import type {Session} from '../session/session.ts';
import {Store, type Urgency} from '../session/store.ts';
import type {Watching} from '../session/watching.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import {BuildWatcher} from './build-watcher.ts';
import type {Frames} from './frames.ts';
import type {Keymap} from './keymap.ts';
import type {OtherNodes} from './keys/binding.ts';
import {notifierOf} from './notifier.ts';
import {Screen} from './screen.ts';
import {flagsOf} from './screen-flags.ts';
import type {Terminal} from './terminal.ts';

/** What the nodes of a screen share. */
export interface SharedScreen {
  readonly keymap: Keymap;
  readonly terminal: Terminal;
  readonly frames: Frames;
  readonly readOnly: string | null;
  readonly quit: () => void;
}

/** What a node is told of its place among others. */
export interface NodePlace {
  /** Takes another node in its place. */
  readonly switchTo: (node: ChosenNode) => void;
  /** The others on the same screen; null where it is alone. */
  readonly others: OtherNodes | null;
  /** Whether it is looked at from the start. */
  readonly isShown: boolean;
  /** Whether a picture shows something of it though it is hidden. */
  readonly isInSight: () => boolean;
}

/** Whatever comes in this time after a key belongs to the same burst; nobody sees a question appear later by it. */
const burstMs = 30;

/** One node with all that is kept of it as long as it is on the screen. */
export class NodeOnScreen {
  readonly watching: Watching;
  readonly store: Store;
  readonly session: Session;
  readonly screen: Screen;
  /** What its row among several tells; null where it is alone. */
  readonly row: NodeRow | null;
  readonly #attention: Attention;
  /** Somebody has just begun to look: what the next poll tells is drawn at once. */
  #awaitsPoll = false;
  #builds: BuildWatcher | null = null;

  constructor(watching: Watching, shared: SharedScreen, place: NodePlace) {
    const {keymap, terminal, frames} = shared;
    const {models, options, deck} = watching;
    this.watching = watching;
    this.row = place.others === null ? null : new NodeRow();
    this.#attention = new Attention({
      isShown: place.isShown,
      wake: () => {
        this.#awaitsPoll = true;
        this.session.wake();
      },
      unseenMs: () => {
        const isBusy = this.store.status.command !== null || watching.hasOtherUse();
        return isBusy ? null : models.housekeeping.unseenMs;
      },
    });
    const changed = (urgency: Urgency): void => {
      if (this.#attention.isShown) frames.invalidate(urgency);
      else if (place.isInSight()) frames.invalidate('low');
    };
    this.store = new Store([...Object.values(models), ...(this.row === null ? [] : [this.row])], changed);
    const {store} = this;
    const notify = notifierOf(options.notify, process.env, models);
    this.session = watching.open((event) => {
      store.dispatch(event);
      notify?.(event, store);
      if (event.type === 'poll' && this.#awaitsPoll) {
        this.#awaitsPoll = false;
        changed('high');
      }
    }, this.#attention);
    const {session} = this;
    const run = async (action: Action): Promise<void> => {
      if (session.isActing) this.screen.notify(`${action.name}: another action is under way, one at a time`);
      else await session.command(action);
    };
    this.screen = new Screen({
      keymap,
      store,
      models,
      command: (action) => void run(action),
      looking: () => session.looking,
      deploys: options.deploys,
      builds: () => this.#builds,
      readOnly: shared.readOnly,
      flags: flagsOf(() => session, options.deploys.options.timeoutMs),
      entryFields: (cursor) => session.entryFields(cursor),
      profile: (tell) => session.profile('cpu', 30, tell),
      pipeline: (pod) => session.watchPipeline(pod, frames.now),
      toggleRecording: () => deck.toggle(),
      redraw: frames.now,
      // A burst may come in several reads. What waits in the terminal's buffer is read between the timer and the other.
      afterInput: (done) => void setTimeout(() => setImmediate(done), burstMs),
      quit: shared.quit,
      switchTo: place.switchTo,
      connection: options.connection,
      toggleMouse: () => terminal.toggleMouse(),
      others: place.others,
    });
    if (place.others !== null) this.#look(place.isShown);
    if (watching.opening !== null) this.screen.notify(watching.opening);
    this.#watchBuilds(keymap, frames);
  }

  /** What it is called: by its own name, as soon as that is known. */
  get name(): string {
    return this.store.status.node?.name ?? this.watching.label;
  }

  /** Shows it, or hides it behind another: then it is asked seldom, and nothing of it is drawn. */
  set isShown(isShown: boolean) {
    if (this.#attention.isShown === isShown) return;
    this.#attention.isShown = isShown;
    this.#look(isShown);
  }

  /** Says whether the screen can be seen at all: where not, no more is asked than keeps what it will show whole. */
  set isSeen(isSeen: boolean) {
    this.#attention.isSeen = isSeen;
    this.store.pacedBy(this.#attention.everyMs, localMs(Date.now()));
  }

  /** How long the picture stays true, in ms. */
  frameMs(now: LocalMs): number {
    const {journal, housekeeping} = this.watching.models;
    if (journal.filter.busy) return 70;
    const isMoving = restartBanner(this.store.status, now) !== null || this.#builds?.isCounting === true;
    return isMoving ? 200 : housekeeping.frameMs(now);
  }

  /** Lets go of the node, in less than a second. */
  async close(): Promise<void> {
    this.#builds?.stop();
    this.watching.end();
    await this.session.close();
  }

  #look(isShown: boolean): void {
    const now = localMs(Date.now());
    const {journal} = this.watching.models;
    if (isShown) journal.lookAt();
    else journal.lookAway(now);
    this.store.pacedBy(this.#attention.everyMs, now);
  }

  #watchBuilds(keymap: Keymap, frames: Frames): void {
    const {watchBinary, options: deploy} = this.watching.options.deploys;
    if (watchBinary === null) return;
    this.#builds = new BuildWatcher({
      path: watchBinary,
      deploy,
      session: this.session,
      isReached: () => this.store.status.node !== null,
      failed: (name, failure) => this.screen.failed(name, failure),
      changed: frames.now,
    });
    this.#builds.start();
    this.screen.notify(
      `a build of ${watchBinary} that is written from now on is deployed by itself; ${keymap.keyOf('deploy') ?? 'ktop deploy'} deploys the one there`,
    );
  }
}
