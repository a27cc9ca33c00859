import {clockOffMs} from '../model/clock-estimate.ts';
import type {OverviewRow} from '../model/screen/overview.ts';
import {nodeState} from '../model/screen/node-state.ts';
import type {NodeRow} from '../model/screen/node-row.ts';
import type {Status} from '../model/screen/status.ts';
import {statusMessage, type StatusPart} from '../model/screen/status-text.ts';
import type {KeyPress} from '../model/screen/key.ts';
import {toNodeTime, type LocalMs} from '../model/time.ts';
import type {PaneModels} from '../session/pane-models.ts';
import type {KeyTable, OverlayView} from './overlay-view.ts';

/** What the overview must know of a node; its other figures are in its models. */
export interface OverviewNode {
  readonly name: string;
  readonly store: {readonly status: Status};
  readonly row: NodeRow | null;
  readonly watching: {readonly models: PaneModels};
}

export interface OverviewOptions {
  readonly nodes: () => readonly OverviewNode[];
  /** The node whose row has the cursor first. */
  readonly at: number;
  readonly keymap: KeyTable;
  readonly goTo: (node: number) => void;
  /** Deploys to the nodes of these numbers (from 0), one after the other. */
  readonly deploy: (nodes: readonly number[]) => void;
  /** The key for that; null where nothing may be changed, or there is none. */
  readonly deployKey: string | null;
  readonly openMerged: () => void;
}

const moves: Readonly<Record<string, number>> = {
  ...{up: -1, k: -1, down: 1, j: 1, pageup: -10, pagedown: 10},
  ...{home: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, G: Number.POSITIVE_INFINITY},
};

/** The overview over the panes: a row a node, some of which can be marked, and what its keys do. */
export class OverviewView implements OverlayView {
  readonly #options: OverviewOptions;
  readonly #marked = new Set<OverviewNode>();
  #at: number;

  constructor(options: OverviewOptions) {
    this.#options = options;
    this.#at = options.at;
  }

  /** The row that has the cursor. */
  get at(): number {
    return Math.min(this.#at, this.#options.nodes().length - 1);
  }

  /** What the rows tell at a moment. */
  rows(now: LocalMs): readonly OverviewRow[] {
    return this.#options.nodes().map((node): OverviewRow => {
      const {name, store, row, watching} = node;
      const {status} = store;
      const {journal, housekeeping} = watching.models;
      const nodeNow = housekeeping.nodeTime(now);
      const isKnown = status.lastPollAt !== null;
      return {
        name,
        isMarked: this.#marked.has(node),
        state: nodeState(status, now),
        version: status.facts?.kubeletVersion ?? null,
        upMs: status.kubeletStartedAt === null ? null : toNodeTime(now, status.clock) - status.kubeletStartedAt,
        clockOffMs: clockOffMs(status.clock),
        baseMs: isKnown ? housekeeping.base.intervalMs : null,
        ages: row?.ages(nodeNow) ?? null,
        nextMs: isKnown ? housekeeping.nextTickMs(now) : null,
        errors: row?.errorsInMinute(now) ?? 0,
        unseen: journal.unseen,
      };
    });
  }

  /** What is to be said of the node under the cursor. */
  message(now: LocalMs, width: number): StatusPart | null {
    const node = this.#options.nodes()[this.at];
    return node === undefined ? null : statusMessage(node.store.status, now, width);
  }

  /** How many nodes are marked. */
  get marked(): number {
    return this.#chosen().length;
  }

  /** What can be done here. */
  get ways(): string {
    const {keymap, deployKey} = this.#options;
    const merged = keymap.keyOf('merged-journal');
    const many = this.marked > 0 ? `the ${this.marked} marked` : 'all';
    return [
      'Enter watches it',
      'Esc leaves',
      ...(deployKey === null ? [] : [`${deployKey} deploys to ${many}`, 'space marks']),
      ...(merged === null ? [] : [`${merged} all journals`]),
    ].join(' · ');
  }

  /** Takes a key; false where it closed the overview. */
  press({name}: KeyPress): boolean {
    const {nodes, keymap, goTo, deploy, deployKey, openMerged} = this.#options;
    const move = moves[name];
    if (move !== undefined) {
      this.#at = Math.min(Math.max(0, this.at + move), nodes().length - 1);
      return true;
    }
    if (name === 'return') {
      goTo(this.at);
      return false;
    }
    if (name === 'space') {
      this.#mark();
      return true;
    }
    const bound = keymap.bindingOfAll(name);
    switch (bound?.name) {
      case 'node-number':
        goTo(bound.keys.indexOf(name));
        return false;
      case 'deploy': {
        const chosen = this.#chosen();
        if (deployKey !== null) deploy(chosen.length > 0 ? chosen : [...nodes().keys()]);
        return true;
      }
      case 'merged-journal':
        openMerged();
        return true;
      case 'overview':
      case 'quit':
        return false;
      default:
        return true;
    }
  }

  /** Nothing is kept of it. */
  left(): void {
    this.#marked.clear();
  }

  #mark(): void {
    const node = this.#options.nodes()[this.at];
    if (node !== undefined && !this.#marked.delete(node)) this.#marked.add(node);
    this.#at = Math.min(this.at + 1, this.#options.nodes().length - 1);
  }

  /** In the order of their tabs; one that was replaced meanwhile is none any more. */
  #chosen(): readonly number[] {
    return this.#options.nodes().flatMap((node, i) => (this.#marked.has(node) ? [i] : []));
  }
}
