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

/** What is to be watched, and how it is shown. */
export interface WatchOptions {
  readonly connection: ConnectionOptions;
  readonly journal: JournalOptions;
  /** Which pods and containers are drawn. */
  readonly pods: Selection;
  readonly output: 'tui' | 'jsonl';
  /** A folder that receives what the node said, raw. */
  readonly record: string | null;
  readonly theme: 'auto' | 'dark' | 'light' | 'solarized' | 'mono' | null;
  /** Whether the screen takes the mouse from the start. */
  readonly mouse: boolean;
  /** Ends by itself after this long. */
  readonly forMs: number | null;
}
