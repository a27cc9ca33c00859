import type {DeployOptions} from '../commands/deploy/plan.ts';
import type {JournalFilterOptions} from '../model/journal/journal-filter.ts';
import type {TickPattern} from '../model/journal/tick-pattern.ts';
import type {Selection} from '../model/selection/pod-query.ts';
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

/** What is to be watched, and how it is shown. */
export interface WatchOptions {
  readonly connection: ConnectionOptions;
  readonly journal: JournalOptions;
  /** Which pods and containers are drawn. */
  readonly pods: Selection;
  readonly output: 'tui' | 'jsonl';
  readonly record: RecordOptions;
  readonly theme: 'default' | 'light' | 'mono' | null;
  readonly deploys: ScreenDeploys;
  /** Ends by itself after this long. */
  readonly forMs: number | null;
}
