import type {Action} from '../../commands/command.ts';
import type {LookContext} from '../../commands/deploy/look.ts';
import type {CommandName} from '../../model/event.ts';
import type {ScreenDeploys} from '../../session/options.ts';
import type {KeyNames} from '../../model/screen/key.ts';
import type {Pane} from '../../model/screen/layout.ts';
import type {LocalMs} from '../../model/time.ts';
import type {Player} from '../../session/player/player.ts';
import type {Overlay} from '../overlay.ts';
import type {PaneModels} from '../../session/pane-models.ts';

/** The other nodes of the same screen. */
export interface OtherNodes {
  /** Goes to the next node (1) or the one before (-1), round the ends. */
  step(step: 1 | -1): void;
  /** Goes to a node by its number, from 0. */
  goTo(node: number): void;
  openOverview(): void;
  openMerged(): void;
}

/** What keys can do; the app provides it. */
export interface Actions {
  readonly focus: Pane;
  /** The models behind the panes; keys of a pane act on its own. */
  readonly models: PaneModels;
  /** The present of what the panes show. */
  readonly now: LocalMs;
  /** What plays the recording that is watched; null where a node is. */
  readonly player: Player | null;
  quit(): void;
  /** Goes back one level: out of the view of one line, out of a zoomed pane; else quits. */
  leave(): void;
  /** Goes back one level, or ends what the pane was told; never quits. */
  back(): void;
  /** Takes the mouse, or gives it back. */
  toggleMouse(): void;
  /** Opens the list of all that keys do. */
  openPalette(): void;
  /** Opens the list of nodes. */
  openNodes(): void;
  /** The other nodes; null where there is one only. */
  readonly others: OtherNodes | null;
  /** The keys of a binding, as the user has them. */
  keysOf(binding: string): readonly string[];
  suspend(): void;
  focusNext(step: 1 | -1): void;
  zoom(): void;
  open(overlay: Overlay): void;
  /** Opens or closes the view of the journal's current line with all its fields. */
  openLine(): void;
  /** Opens the question before an action that changes the node. */
  ask(action: Action): void;
  /** Opens the list of the kubelet's flags. */
  openFlags(): void;
  /** Asks whether ktop's own flags are to be taken away. */
  resetFlags(): void;
  /** What was said beforehand of kubelets that are put on the node. */
  readonly deploys: ScreenDeploys;
  /**
   * Looks at the node, for an action that depends on what is there, then asks; meanwhile a message says what is looked
   * at. What rejects is shown as the failure of `name`.
   */
  askAfter(looking: string, name: CommandName, make: (node: LookContext) => Promise<Action>): void;
  /** Fetches a CPU profile of the kubelet into a file. */
  profile(): void;
  /** Follows the chosen pod's number to the autoscaler. */
  openPipeline(): void;
  /** Begins a recording, or ends the one that runs. */
  record(): void;
  /** Why commands cannot be run on this node, or null. */
  readonly readOnly: string | null;
  /** The user's keys, for messages. */
  readonly keyOf: KeyNames;
  /** A short message in the status line, at once or when it is known. */
  notify(message: string | Promise<string>): void;
}

/** A key binding is data: help and palette are made from it, so they cannot disagree. */
export interface Binding {
  /** What the config file and the palette call it; those of a pane begin with the pane. A name once given stays. */
  readonly name: string;
  readonly keys: readonly string[];
  /** In which pane it works; `all`: everywhere. */
  readonly pane: Pane | 'all';
  readonly what: string;
  readonly run: (actions: Actions, key: string) => void;
  /** A key that is held down to go on and on. */
  readonly held?: true;
  /** It changes the node: where ktop may only read there is no such key. */
  readonly changes?: true;
  /** It is for several nodes: with one there is no such key. */
  readonly several?: true;
  /** It acts on a recording that is played back: without one there is no such key. */
  readonly replay?: true;
  /** It needs a node: in a recording there is no such key. */
  readonly live?: true;
  /** A key that cannot be given to something else: it must work whatever a config file says. */
  readonly fixed?: true;
  /** Whether it means this now; where not, the key means what it does in all panes. */
  readonly applies?: (actions: Actions) => boolean;
  /** Why it cannot be used now; null when it can. */
  readonly disabled?: (actions: Actions) => string | null;
}
