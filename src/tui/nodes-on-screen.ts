import {safeLine} from '../model/draw/safe-text.ts';
import {MergedJournal, type MergedPart} from '../model/journal/merged-journal.ts';
import {nodeState} from '../model/screen/node-state.ts';
import {paneRows, type Size} from '../model/screen/layout.ts';
import {tabAt, tabRow, Tabs, type TabPiece} from '../model/screen/tabs.ts';
import type {MouseEvent} from '../model/screen/terminal-input.ts';
import {localMs, type LocalMs} from '../model/time.ts';
import type {ChosenNode} from '../nodes/chosen-node.ts';
import type {NodeError} from '../nodes/node-error.ts';
import type {Watching} from '../session/watching.ts';
import {deployToAll} from './deploy-to-all.ts';
import type {OtherNodes} from './keys/binding.ts';
import {MergedView} from './merged-view.ts';
import {NodeOnScreen, type SharedScreen} from './node-on-screen.ts';
import {OverviewView} from './overview-view.ts';
import type {Screen} from './screen.ts';

export interface NodesOptions {
  readonly shared: SharedScreen;
  /** Of a single node: another one is to be watched in its place. */
  readonly switchTo: (node: ChosenNode) => void;
  /** Of several: makes ready what takes the place of one; null where there is one only. */
  readonly another: ((node: ChosenNode, before: Watching) => Watching) | null;
}

/** The nodes of a screen: one that is looked at, with its panes, and the others behind their tabs. */
export class NodesOnScreen implements OtherNodes {
  readonly #options: NodesOptions;
  readonly #nodes: NodeOnScreen[];
  readonly #tabs = new Tabs(() => this.#nodes.length);
  readonly #merged = new MergedJournal();
  readonly #closing = new Set<Promise<void>>();

  constructor(all: readonly Watching[], options: NodesOptions) {
    this.#options = options;
    this.#nodes = [];
    for (const [place, watching] of all.entries()) {
      this.#nodes.push(all.length > 1 ? this.#oneOfSeveral(watching, place === 0) : this.#alone(watching));
    }
  }

  /** The one that is looked at. */
  get active(): NodeOnScreen {
    const active = this.#nodes[this.#tabs.active] ?? this.#nodes[0];
    if (active === undefined) throw new Error('a screen has a node at least');
    return active;
  }

  /** Its screen: what takes the keys. */
  get screen(): Screen {
    return this.active.screen;
  }

  /** All of them, in the order of their tabs. */
  get all(): readonly NodeOnScreen[] {
    return this.#nodes;
  }

  /** Says whether the screen can be seen at all. */
  set isSeen(isSeen: boolean) {
    for (const node of this.#nodes) node.isSeen = isSeen;
  }

  /** Resolves with why there is no node to watch; of several one that is not found is looked for again. */
  get unresolved(): Promise<NodeError> {
    return Promise.race(this.#nodes.map(({session}) => session.unresolved));
  }

  /** The row of tabs in `width` cells; null where there is one node only. */
  tabRow(width: number, now: LocalMs): readonly TabPiece[] | null {
    if (this.#nodes.length < 2) return null;
    const facts = this.#nodes.map(({name, store, watching}) => ({
      name,
      state: nodeState(store.status, now),
      unseen: watching.models.journal.unseen,
    }));
    return tabRow(facts, this.#tabs.active, width);
  }

  /** The lines of all nodes, as far as each one's own filter shows them. */
  get parts(): readonly MergedPart[] {
    const names = this.#nodes.map(({name}) => name);
    return this.#nodes.map(({watching, store}, i) => {
      const name = names[i] ?? '';
      // Two of one name are told apart by how they were named.
      const isOnly = names.filter((other) => other === name).length === 1;
      return {
        name: isOnly ? name : watching.label,
        lines: watching.models.journal.shownLines,
        aheadMs: store.status.clock.aheadMs,
      };
    });
  }

  /** The node after (1) or before (-1) this one, round the ends. */
  step(step: 1 | -1): void {
    this.goTo(this.#tabs.step(step));
  }

  /** Goes to a node by its number, from 0; says so where there is none. */
  goTo(node: number): void {
    const before = this.active;
    if (!this.#tabs.goTo(node))
      return before.screen.notify(`there is no node ${node + 1}: there are ${this.#nodes.length}`);
    const {active} = this;
    if (active === before) return;
    before.screen.leaveViews();
    before.isShown = false;
    active.isShown = true;
    this.#options.shared.frames.now();
  }

  /** Opens the overview, a row a node. */
  openOverview(): void {
    const {keymap} = this.#options.shared;
    const view: OverviewView = new OverviewView({
      nodes: () => this.#nodes,
      at: this.#tabs.active,
      keymap: this.screen.keymap,
      goTo: (node) => this.goTo(node),
      deploy: (chosen) => this.#deployTo(chosen, view),
      deployKey: this.screen.changesNothing === null ? keymap.keyOf('deploy') : null,
      openMerged: () => this.openMerged(),
    });
    this.screen.open({kind: 'overview', view});
  }

  /** Opens the journal of all nodes, merged by time. */
  openMerged(): void {
    this.#merged.follow();
    const hidden = this.#nodes.filter((node) => node !== this.active).map(({watching}) => watching.models.journal);
    for (const journal of hidden) journal.lookAt();
    const closed = (): void => hidden.forEach((journal) => journal.lookAway(localMs(Date.now())));
    const view = new MergedView({
      journal: this.#merged,
      parts: () => this.parts,
      keymap: this.screen.keymap,
      closed,
    });
    this.screen.open({kind: 'merged', view});
  }

  /** Takes what the mouse did on a terminal of `size` cells: a click on a tab goes to its node. */
  mouse(events: readonly MouseEvent[], size: Size): void {
    const {tabs, panes} = paneRows(size, this.#nodes.length);
    if (tabs === 0) return this.screen.mouse(events, size);
    for (const event of events) {
      const node =
        event.kind === 'press' && event.row === 0 && this.screen.overlay === null
          ? tabAt(this.tabRow(size.width, localMs(Date.now())) ?? [], event.column)
          : null;
      if (node !== null) this.goTo(node);
      else if (event.row >= tabs) this.screen.mouse([{...event, row: event.row - tabs}], panes);
    }
  }

  /** Lets go of all nodes, in less than a second. */
  async close(): Promise<void> {
    await Promise.all([...this.#nodes.map((node) => node.close()), ...this.#closing]);
  }

  #alone(watching: Watching): NodeOnScreen {
    const {shared, switchTo} = this.#options;
    return new NodeOnScreen(watching, shared, {switchTo, others: null, isShown: true, isInSight: () => true});
  }

  #oneOfSeveral(watching: Watching, isShown: boolean): NodeOnScreen {
    const made: NodeOnScreen = new NodeOnScreen(watching, this.#options.shared, {
      switchTo: (node) => this.#replace(made, node),
      others: this,
      isShown,
      isInSight: () => /^(?:overview|merged)$/.test(this.screen.overlay?.kind ?? ''),
    });
    return made;
  }

  /** Another node takes the tab of one; that is let go of meanwhile. */
  #replace(before: NodeOnScreen, node: ChosenNode): void {
    const {another, shared} = this.#options;
    const place = this.#nodes.indexOf(before);
    if (another === null || place < 0) return;
    this.#nodes[place] = this.#oneOfSeveral(another(node, before.watching), place === this.#tabs.active);
    const closing = before.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    shared.frames.now();
  }

  #deployTo(numbers: readonly number[], view: OverviewView): void {
    const chosen = numbers.map((number) => this.#nodes[number]).filter((node) => node !== undefined);
    const said = (text: string): void => {
      this.screen.notify(safeLine(text));
      this.#options.shared.frames.now();
    };
    const {screen} = this;
    deployToAll(chosen, {screen, said, reopen: () => screen.open({kind: 'overview', view})});
  }
}
