import type {DeployOptions} from '../commands/deploy/plan.ts';
import type {JournalFilterOptions} from '../model/journal/journal-filter.ts';
import type {LinePattern} from '../model/journal/pattern.ts';
import type {TickPattern} from '../model/journal/tick-pattern.ts';
import type {NotifySequence} from '../model/notify/sequence.ts';
import type {Selection} from '../model/selection/pod-query.ts';
import type {NodeWish} from '../nodes/node-words.ts';
import type {ConnectionOptions} from '../nodes/options.ts';

/** Which journal lines are read, and which of them are shown; patterns are compiled where they were typed. */
export interface JournalOptions extends JournalFilterOptions {
  /** systemd units; the first is the kubelet's. */
  readonly units: readonly string[];
  /** As `journalctl --since` takes it; null: the newest lines. */
  readonly since: string | null;
  /** As `journalctl --boot` takes it. */
  readonly boot: string | null;
  /** For `journalctl --grep` (PCRE2): only the node can tell whether it takes it. */
  readonly sourceGrep: string | null;
  /** Lines kept. */
  readonly scrollback: number;
  readonly tickPattern: TickPattern | null;
}

/** What was said beforehand of the kubelets that the screen puts on the node. */
export interface ScreenDeploys {
  readonly options: DeployOptions;
  /** The file that `d` takes without asking which. */
  readonly binary: string | null;
  /** The file that is put on the node by itself whenever a build has written it. */
  readonly watchBinary: string | null;
}

/** How what the node says is kept, raw. */
export interface RecordOptions {
  /** The folder that receives it from the start; null: none, until a key is pressed. */
  readonly dir: string | null;
  /** Bytes that a recording may take, about: then the oldest is dropped. Null: no bound. */
  readonly maxBytes: number | null;
}

/** What has series of its own: only nodes, pods too, or containers too. */
export type MetricsLevel = 'node' | 'pod' | 'container';

/** Where a Prometheus finds the metrics, and of what there are series. */
export interface MetricsOptions {
  readonly listen: {readonly host: string; readonly port: number};
  /** The web configuration, in the form of the Prometheus exporters'; needed for an address beyond the loopback. */
  readonly webConfig: string | null;
  readonly level: MetricsLevel;
  readonly maxSeries: number;
  /** Lines of the journal that are counted, each under its name. */
  readonly counted: readonly {readonly name: string; readonly pattern: LinePattern}[];
}

/** What an exporter watches, without a screen. */
export interface ExporterOptions {
  readonly metrics: MetricsOptions;
  /** Which; the label is empty where another option says it. Null: all nodes of the cluster. */
  readonly nodes: readonly NodeWish[] | null;
  /** How the nodes are reached. */
  readonly connection: ConnectionOptions;
  /** Requests to kubelets a second, at most, all nodes together. */
  readonly qps: number;
  /** How often each node is asked, where the requests suffice for that. */
  readonly everyMs: number;
  /** Ends by itself after this long. */
  readonly forMs: number | null;
}

/** How one state is printed. */
export type OnceFormat = 'table' | 'json';

/** How the user is told of what happens while nobody looks at the screen. */
export interface NotifyOptions {
  readonly bell: boolean;
  /** Which sequence asks the terminal for a notification, `auto` by what it is; null: none does. */
  readonly desktop: 'auto' | NotifySequence | null;
}

/** What is to be watched, and how it is shown. */
export interface WatchOptions {
  readonly connection: ConnectionOptions;
  readonly journal: JournalOptions;
  /** Which pods and containers are drawn. */
  readonly pods: Selection;
  /** A screen, events as they come, or one state and an end. */
  readonly output: 'tui' | 'jsonl' | OnceFormat;
  readonly record: RecordOptions;
  readonly theme: 'auto' | 'dark' | 'light' | 'solarized' | 'mono' | null;
  /** Whether the screen takes the mouse from the start. */
  readonly mouse: boolean;
  readonly notify: NotifyOptions;
  readonly deploys: ScreenDeploys;
  /** The metrics beside the screen or the JSON lines; null: none. */
  readonly metrics: MetricsOptions | null;
  /** Ends by itself after this long. */
  readonly forMs: number | null;
}
