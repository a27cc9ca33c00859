import type {Action} from '../commands/command.ts';
import type {LookContext} from '../commands/deploy/look.ts';
import type {Keymap} from './keymap.ts';
import type {Actions, OtherNodes} from './keys/binding.ts';
import type {CommandName} from '../model/event.ts';
import {toFailure, type Failure} from '../model/failure.ts';
import type {ScreenDeploys} from '../session/options.ts';
import {readOnlyText} from '../session/read-only.ts';
import type {FlagsShown} from '../components/flags-screen.tsx';
import type {FlagSetting} from '../model/flags/drop-in.ts';
import {newFlagList} from '../model/flags/flag-list.ts';
import type {FlagRow} from '../model/flags/flag-rows.ts';
import {InputReader} from '../model/screen/input-read.ts';
import {momentAt} from '../model/player/time-bar.ts';
import type {KeyNames, KeyPress} from '../model/screen/key.ts';
import {
  barRow,
  paneAt,
  paneLayout,
  panes,
  rowInPane,
  type Layout,
  type Pane,
  type Size,
} from '../model/screen/layout.ts';
import {pastLines, withTaken} from '../model/screen/past-lines.ts';
import {Scroll} from '../model/screen/scroll.ts';
import type {MouseEvent} from '../model/screen/terminal-input.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {localMs, type LocalMs} from '../model/time.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import {NodeListing} from './node-listing.ts';
import {asked, overlayAfter, overlayWithPaste, takesText, type Overlay} from './overlay.ts';
import {paletteRows} from './palette.ts';
import {openList} from '../model/screen/list-choice.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import {isSystem} from '../model/target.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {PipelineWatch} from '../session/pipeline-watch.ts';
import type {Player} from '../session/player/player.ts';
import type {Store} from '../session/store.ts';

/** The flags as they were read, and how one is set: the action, or why it cannot be. */
interface FlagsRead {
  readonly rows: readonly FlagRow[];
  readonly notes: readonly string[];
  readonly action: (setting: FlagSetting) => Action | string;
}

export interface ScreenOptions {
  readonly keymap: Keymap;
  readonly store: Store;
  readonly models: PaneModels;
  /** Runs a confirmed action; its steps come back as events. */
  readonly command: (action: Action) => void;
  /** Where it was said that nothing may be changed; null or absent where it may. */
  readonly readOnly?: string | null;
  /** What plays a recording in place of a node; null or absent where a node is watched. */
  readonly player?: Player | null;
  /** What is needed to look at the node; throws a `FailureError` where that cannot be. */
  readonly looking: () => LookContext;
  readonly deploys: ScreenDeploys;
  /** What waits for builds and deploys them by itself; null or absent where nothing does. */
  readonly builds?: () => Builds | null;
  /** Reads all fields of a journal entry from the node. */
  readonly entryFields: (cursor: string) => Promise<ReadonlyMap<string, string>>;
  /** The kubelet's flags; absent: there are none to be had. */
  readonly flags?: {
    /** Reads them from the node; a sentence, where that cannot be done. */
    readonly read: () => Promise<FlagsRead | string>;
    readonly reset: () => Promise<Action>;
  };
  /** Fetches a CPU profile of the kubelet; `tell` is given each step. */
  readonly profile: (tell: (step: string) => void) => Promise<void>;
  /** Follows a pod's number to the autoscaler; null: no node yet. Absent: that cannot be done. */
  readonly pipeline?: (pod: string) => PipelineWatch | null;
  /** Begins or ends a recording; resolves with what to say of it. */
  readonly toggleRecording: () => Promise<string>;
  /** Draws at once: a key was pressed. */
  readonly redraw: () => void;
  /** Calls back once all has been taken that came together with what was typed last. */
  readonly afterInput: (done: () => void) => void;
  readonly quit: () => void;
  /** Takes the mouse from the terminal, or gives it back; whether it is ktop's then. */
  readonly toggleMouse: () => boolean;
  /** Ends this node's screen and goes on with another one. */
  readonly switchTo: (node: ChosenNode) => void;
  /** How the node is reached that is watched now: others are looked for in the same places. */
  readonly connection: ConnectionOptions;
  /** The other nodes on the same screen; null or absent where there are none. */
  readonly others?: OtherNodes | null;
}

/** Builds that are deployed by themselves, as the screen shows them. */
interface Builds {
  readonly header: string;
  readonly message: string | null;
  readonly cancel: () => boolean;
}

const blank: KeyPress = {name: 'blank', text: ' '};

/**
 * What the user has done to the screen: focus, zoom, what lies over the panes. Keys change it at once and outside
 * React, so that several keys that come in one read each see what the one before did.
 */
export class Screen implements Actions {
  focus: Pane = 'journal';
  zoomed = false;
  overlay: Overlay | null = null;
  /** What was taken from each prompt, by its label. */
  readonly #typed = new Map<string, readonly string[]>();
  notice: {readonly text: string; readonly at: LocalMs} | null = null;
  readonly store: Store;
  readonly models: PaneModels;
  readonly #options: ScreenOptions;
  readonly keymap: Keymap;
  readonly #reader: InputReader;
  #suspend: () => void = () => undefined;
  /** What is being looked at before a question; null for nothing. */
  looking: string | null = null;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const keymap = this.player === null ? options.keymap.watching : options.keymap.replaying;
    this.keymap = this.changesNothing === null ? keymap : keymap.looking;
    this.#reader = new InputReader((key) => this.keymap.isHeld(key));
    this.store = options.store;
    this.models = options.models;
  }

  /**
   * Takes all that came in one read of the terminal, at `nowMs` on a clock that never jumps. Several characters in one
   * read are pasted text (on a terminal that does not mark it): a line that is open takes it, nothing else does.
   */
  read(presses: readonly KeyPress[], suspend: () => void, nowMs: number): void {
    this.#suspend = suspend;
    const rest = this.#readLine(presses);
    const read = this.#reader.read(rest, nowMs);
    if (read.kind === 'paste') this.#refusePaste();
    for (const press of read.presses) {
      const before = this.overlay;
      this.#act(press);
      // What came together with the key that opens a question is no answer to it.
      if (before?.kind !== 'confirm' && this.overlay?.kind === 'confirm') break;
    }
    this.#options.redraw();
  }

  /** Gives an open line what is meant for it: all, but what comes behind the key that closes it. Returns that. */
  #readLine(presses: readonly KeyPress[]): readonly KeyPress[] {
    for (const [index, press] of presses.entries()) {
      if (!takesText(this.overlay)) return presses.slice(index);
      // Only at its very end is a line break an Enter, and not a part of pasted text.
      this.#act(press.name === 'return' && index < presses.length - 1 ? blank : press);
    }
    return [];
  }

  /** Takes text that the terminal says was pasted: a line that is open takes it, its line breaks as blanks. */
  paste(text: string): void {
    const after = this.overlay === null ? null : overlayWithPaste(this.overlay, text);
    if (after === null) this.#refusePaste();
    else this.overlay = after;
    this.#options.redraw();
  }

  /** Takes a key; `suspend` hands the terminal back to the shell, which only the drawing side can do. */
  press(press: KeyPress, suspend: () => void): void {
    this.#suspend = suspend;
    this.#act(press);
    this.#options.redraw();
  }

  /** What plays the recording that is watched; null where a node is. */
  get player(): Player | null {
    return this.#options.player ?? null;
  }

  /** The present of what the panes show: that of the recording where one is played. */
  get now(): LocalMs {
    return this.player?.now ?? localMs(Date.now());
  }

  /** What was said beforehand of kubelets that are put on the node. */
  get deploys(): ScreenDeploys {
    return this.#options.deploys;
  }

  /** What waits for builds; null where nothing does. */
  get builds(): Builds | null {
    return this.#options.builds?.() ?? null;
  }

  /** The other nodes on the same screen; null where there are none. */
  get others(): OtherNodes | null {
    return this.#options.others ?? null;
  }

  /** The keys of a binding, as the user has them. */
  keysOf(name: string): readonly string[] {
    return this.keymap.bindings.find((binding) => binding.name === name)?.keys ?? [];
  }

  /** Closes what shows all nodes: one of them is to be seen. */
  leaveViews(): void {
    const {overlay} = this;
    if (overlay?.kind !== 'overview' && overlay?.kind !== 'merged') return;
    this.overlay = null;
    overlay.view.left();
  }

  /** The rows that the time bar of a recording takes. */
  get barRows(): number {
    return this.player === null ? 0 : 1;
  }

  /** Where it was said that nothing may be changed; null where it may. */
  get changesNothing(): string | null {
    return this.#options.readOnly ?? null;
  }

  /** Why the node cannot be changed, or null where it can. */
  get readOnly(): string | null {
    const {node} = this.store.status;
    return node === null ? 'no node yet' : (node.readOnly?.problem ?? null);
  }

  /** Ends the program. */
  quit(): void {
    this.#options.quit();
  }

  /** Goes back one level: out of the view of one line, where that is in sight, out of a zoomed pane; else quits. */
  leave(): void {
    if (!this.#back()) this.quit();
  }

  /** Goes back one level, or ends what the focused pane was told: a search, a target that is counted down. Never quits. */
  back(): void {
    const {journal, housekeeping} = this.models;
    if (this.#lineInSight) return void this.#back();
    if (this.focus === 'journal' && journal.summary.search !== null) return void journal.setSearch('');
    if (this.focus !== 'journal' && housekeeping.aimed !== null) return housekeeping.focus(null);
    if (!this.#back()) this.notify(`there is nothing to leave here: ${this.#told('quit')} quits`);
  }

  #back(): boolean {
    if (this.#lineInSight) this.models.journal.toggleDetail();
    else if (this.zoomed) this.zoomed = false;
    else return false;
    return true;
  }

  get #lineInSight(): boolean {
    return this.models.journal.detailOpen && (!this.zoomed || this.focus === 'journal');
  }

  /** Takes the mouse, or gives it back to the terminal, which selects text with it. */
  toggleMouse(): void {
    const isOn = this.#options.toggleMouse();
    this.notify(
      isOn
        ? 'the mouse scrolls, focuses and picks out pods; with shift held it selects text'
        : 'the mouse selects text',
    );
  }

  /**
   * Takes what the mouse did on a screen of `size` cells: a click focuses a pane and picks out the pod or container whose
   * row it is, in all panes; the wheel scrolls what is under it.
   */
  mouse(events: readonly MouseEvent[], size: Size): void {
    if (this.overlay !== null) return;
    for (const event of events) {
      const layout = paneLayout(size, this.zoomed ? this.focus : null, this.barRows);
      if (event.kind === 'press') this.#clickBar(event, layout, size);
      const pane = paneAt(layout, event);
      if (pane === null) continue;
      if (event.kind === 'press') this.#click(pane, rowInPane(layout, pane, event.row));
      else this.#scroll(pane, event.kind === 'wheel-up' ? -1 : 1);
    }
    this.#options.redraw();
  }

  #click(pane: Pane, row: number): void {
    this.focus = pane;
    if (pane === 'journal') return;
    const target = this.models[pane].targetAt(row);
    if (target !== null) this.models.housekeeping.toggleFocus(target);
  }

  /** A click on the time bar goes to that moment. */
  #clickBar({column, row}: {readonly column: number; readonly row: number}, layout: Layout, {width}: Size): void {
    if (this.player === null || row !== barRow(layout)) return;
    const moment = momentAt(column, width, this.player.whole);
    if (moment !== null) this.player.goToMoment(moment);
  }

  #scroll(pane: Pane, step: 1 | -1): void {
    const {journal, cpu, housekeeping} = this.models;
    if (pane === 'journal') journal.move(3 * step);
    else if (pane === 'cpu') cpu.scroll(step);
    else housekeeping.move(step, this.now);
  }

  /** Offers all that keys can do, to be found by typing. */
  openPalette(): void {
    const rows = paletteRows(this.keymap.bindings, this, (pane) => (this.focus = pane));
    this.overlay = {kind: 'palette', list: openList, rows};
  }

  /** Offers the nodes that can be seen; the one that is chosen takes this one's place. */
  openNodes(): void {
    const listing = new NodeListing(this.#options.connection, () => this.#options.redraw());
    this.overlay = {kind: 'nodes', list: openList, listing, choose: (node) => this.#options.switchTo(node)};
  }

  /** Hands the terminal back to the shell until `fg`. */
  suspend(): void {
    this.#suspend();
  }

  /** Moves the focus to the next or previous pane. */
  focusNext(step: 1 | -1): void {
    this.focus = panes[(panes.indexOf(this.focus) + step + panes.length) % panes.length] ?? this.focus;
  }

  /** Gives the focused pane the whole screen, and back. */
  zoom(): void {
    this.zoomed = !this.zoomed;
  }

  /** Lays something over the panes; it takes the keys. */
  open(overlay: Overlay): void {
    if (overlay.kind !== 'prompt') this.overlay = overlay;
    else {
      const {prompt} = overlay;
      this.overlay = {kind: 'prompt', prompt: {...prompt, past: pastLines(this.#typed.get(prompt.label) ?? [])}};
    }
  }

  /** Shows one line with all its fields, and reads those from the node. */
  openLine(): void {
    const {journal} = this.models;
    const cursor = journal.toggleDetail()?.cursor;
    if (cursor === undefined) return;
    void this.#options.entryFields(cursor).then((fields) => {
      journal.setFields(cursor, fields);
      this.#options.redraw();
    });
  }

  /** Fetches a CPU profile of the kubelet. */
  profile(): void {
    void this.#options.profile((step) => {
      this.notify(step);
      this.#options.redraw();
    });
  }

  /** Follows the number of a pod to the autoscaler: the one that is counted down, where that is looked at, else the first. */
  openPipeline(): void {
    const {cpu, housekeeping} = this.models;
    const aimed = this.focus === 'housekeeping' ? housekeeping.aimedAt(localMs(Date.now())) : null;
    const target = aimed ?? cpu.selected?.targets.find((one) => !isSystem(one)) ?? null;
    if (target === null) return this.notify(`no pod is watched: ${this.#told('pods')} chooses one`);
    const watch = this.#options.pipeline?.(`${target.namespace}/${target.pod}`) ?? null;
    if (watch === null) this.notify('no node yet');
    else this.overlay = {kind: 'pipeline', watch, scroll: new Scroll()};
  }

  /** Begins a recording, or ends the one that runs. */
  record(): void {
    this.notify(this.#options.toggleRecording());
  }

  /**
   * Asks before an action changes the node. `agreed` is done in place of running it; `back` shows again what it was asked
   * over.
   */
  ask(action: Action, then: {readonly agreed?: () => void; readonly back?: () => void} = {}): void {
    const question = asked(action, then);
    this.overlay = question;
    this.#options.afterInput(() => {
      if (this.overlay !== question) return;
      this.overlay = {...question, answerable: true};
      this.#options.redraw();
    });
  }

  /** Opens the list of the kubelet's flags, and reads them from the node. */
  openFlags(): void {
    const {flags} = this.#options;
    if (flags === undefined) return;
    let shown: FlagsShown = {kind: 'reading'};
    let action: FlagsRead['action'] | null = null;
    const set = (setting: FlagSetting): Action | string => action?.(setting) ?? 'the flags have not been read yet';
    this.overlay = {
      kind: 'flags',
      list: newFlagList,
      shown: () => shown,
      set: this.changesNothing === null ? set : null,
    };
    void flags.read().then((read) => {
      if (typeof read === 'string') shown = {kind: 'failed', why: read};
      else {
        shown = {kind: 'read', rows: read.rows, notes: read.notes};
        action = read.action;
      }
      this.#options.redraw();
    });
  }

  /** Asks whether ktop's own flags are to be taken away. */
  resetFlags(): void {
    void this.#options.flags?.reset().then((action) => {
      // Something else has been opened meanwhile.
      if (this.overlay === null) this.ask(action);
      this.#options.redraw();
    });
  }

  /** Looks at the node, then asks before the action that came of it. */
  askAfter(looking: string, name: CommandName, make: (node: LookContext) => Promise<Action>): void {
    if (this.looking !== null) return this.notify('still looking at the node');
    this.looking = `${looking} …`;
    const looked = (async () => make(this.#options.looking()))();
    void looked
      .then(
        (action) => {
          if (this.overlay === null) this.ask(action);
          else this.notify(`${name}: ready to be asked; press the key again`);
        },
        (error: unknown) => this.failed(name, toFailure(error, name)),
      )
      .finally(() => {
        this.looking = null;
        this.#options.redraw();
      });
  }

  /** Shows why an action was not begun. */
  failed(name: CommandName, failure: Failure): void {
    this.notice = null;
    this.store.dispatch({type: 'command', at: localMs(Date.now()), command: name, step: {kind: 'failed', failure}});
  }

  /** Shows a message in the status line, at once or when it is there. */
  notify(message: string | Promise<string>): void {
    if (typeof message === 'string') {
      this.notice = {text: message, at: localMs(Date.now())};
      return;
    }
    void message.then((text) => {
      this.notify(text);
      this.#options.redraw();
    });
  }

  #refusePaste(): void {
    this.notify(`pasted text does nothing here: ${this.#told('filter')} opens a line that takes it`);
  }

  /** What an overlay does with a key may open another one, which then stays. */
  #toOverlay(overlay: Overlay, press: KeyPress): void {
    const after = overlayAfter(overlay, press, this.#options.command);
    if (overlay.kind === 'prompt' && press.name === 'return' && after?.kind !== 'prompt') {
      const {label, line} = overlay.prompt;
      this.#typed.set(label, withTaken(this.#typed.get(label) ?? [], line.text));
    }
    if (after === null && overlay.kind === 'nodes') overlay.listing.stop();
    if (after === null && overlay.kind === 'pipeline') overlay.watch.stop();
    if (after === null && (overlay.kind === 'overview' || overlay.kind === 'merged')) overlay.view.left();
    if (this.overlay !== overlay) return;
    if (after?.kind === 'confirm' && overlay.kind !== 'confirm') this.ask(after.action);
    else this.overlay = after;
    if (after === null && (overlay.kind === 'confirm' || overlay.kind === 'prompt')) overlay.back?.();
  }

  #act(press: KeyPress): void {
    // What the key before had said is not the answer to this one.
    this.notice = null;
    if (press.name === 'ctrl+c') return this.quit();
    if (press.name === 'ctrl+z') return this.suspend();
    if (this.overlay !== null) {
      this.#toOverlay(this.overlay, press);
      return;
    }
    if (press.name === 'escape' && this.builds?.cancel() === true) {
      return this.notify(`the build is not deployed; ${this.#told('deploy')} deploys it all the same`);
    }
    const binding = this.keymap.bindingFor(press.name, this.focus, this);
    if (binding === undefined) return this.#explain(press);
    const disabled = binding.disabled?.(this) ?? null;
    if (disabled === null) binding.run(this, press.name);
    else this.notify(disabled);
  }

  /** The key of a binding; null where the user has taken it away. */
  readonly keyOf: KeyNames = (name) => this.keymap.keyOf(name);

  /** How the key of a binding is told, wherever the user has put it. */
  #told(name: string): string {
    return this.keymap.keyOf(name) ?? 'a key that you took away';
  }

  /** No key does nothing without a word. */
  #explain({name, text}: KeyPress): void {
    const meant = this.#options.keymap.watching.bindingFor(name, this.focus);
    if (this.player !== null && (meant?.changes === true || meant?.live === true)) {
      return this.notify(`${safeLine(name)}: this is a recording, there is no node that it could act on`);
    }
    const where = this.changesNothing;
    if (where !== null && this.#options.keymap.bindingFor(name, this.focus)?.changes) {
      return this.notify(readOnlyText(name, where));
    }
    const others = panes.filter((pane) =>
      this.keymap.bindings.some((one) => one.pane === pane && one.keys.includes(name)),
    );
    if (others.length > 0)
      this.notify(`${name} is a key of the ${others.join(' and ')} pane: ${this.#told('next-pane')} goes there`);
    else if (text !== '') this.notify(`${safeLine(name)} is no key here: ${this.#told('help')} shows those that are`);
  }
}
