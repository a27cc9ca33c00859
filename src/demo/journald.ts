import {randomBytes} from 'node:crypto';

/** One entry with its journal fields, `__CURSOR` and the other addresses among them. */
export interface StoredEntry {
  readonly sequence: number;
  readonly atMs: number;
  readonly unit: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface NewEntry {
  readonly atMs: number;
  /** The unit that the entry belongs to, as `journalctl -u` matches it. */
  readonly unit: string;
  readonly identifier: string;
  readonly pid: number;
  readonly priority?: number;
  readonly message: string;
}

const capacity = 20_000;

/** The simulated node's journal: bounded, vacuumable, with followers that are told of each new entry. */
export class Journald {
  readonly #hostname: string;
  readonly #bootedAtMs: number;
  readonly #bootId = randomBytes(16).toString('hex');
  readonly #sequenceId = randomBytes(16).toString('hex');
  readonly #listeners = new Set<(entry: StoredEntry) => void>();
  #entries: StoredEntry[] = [];
  #sequence = 0x100;
  #archivedUpTo = 0;

  constructor(hostname: string, bootedAtMs: number) {
    this.#hostname = hostname;
    this.#bootedAtMs = bootedAtMs;
  }

  /** All entries that are still kept, oldest first. */
  get entries(): readonly StoredEntry[] {
    return this.#entries;
  }

  /** Stores an entry and hands it to the followers. */
  append(entry: NewEntry): void {
    this.#sequence += 1;
    const realtimeUs = Math.round(entry.atMs * 1000);
    const monotonicUs = Math.max(0, Math.round((entry.atMs - this.#bootedAtMs) * 1000));
    const bySystemd = entry.identifier === 'systemd';
    const cursor = [
      `s=${this.#sequenceId}`,
      `i=${this.#sequence.toString(16)}`,
      `b=${this.#bootId}`,
      `m=${monotonicUs.toString(16)}`,
      `t=${realtimeUs.toString(16)}`,
      `x=${randomBytes(8).toString('hex')}`,
    ].join(';');
    const stored: StoredEntry = {
      sequence: this.#sequence,
      atMs: entry.atMs,
      unit: entry.unit,
      fields: {
        __CURSOR: cursor,
        __REALTIME_TIMESTAMP: String(realtimeUs),
        __MONOTONIC_TIMESTAMP: String(monotonicUs),
        _BOOT_ID: this.#bootId,
        _HOSTNAME: this.#hostname,
        _TRANSPORT: bySystemd ? 'journal' : 'stdout',
        _SYSTEMD_UNIT: bySystemd ? 'init.scope' : entry.unit,
        ...(bySystemd ? {UNIT: entry.unit} : {}),
        SYSLOG_IDENTIFIER: entry.identifier,
        _PID: String(entry.pid),
        PRIORITY: String(entry.priority ?? 6),
        MESSAGE: entry.message,
      },
    };
    this.#entries.push(stored);
    if (this.#entries.length > capacity) this.#entries = this.#entries.slice(-capacity / 2);
    for (const listener of this.#listeners) listener(stored);
  }

  /** Calls back for every entry to come until the returned function is called. */
  subscribe(listener: (entry: StoredEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** `--rotate`: what there is goes to the archive. */
  rotate(): void {
    this.#archivedUpTo = this.#sequence;
  }

  /**
   * `--vacuum-time`: forgets the archive, for all units, where its first entry is older; files are removed whole. Returns
   * how many entries went.
   */
  vacuum(olderThanMs: number): number {
    const before = this.#entries.length;
    const isOld = (this.#entries[0]?.atMs ?? Infinity) < olderThanMs;
    if (isOld) this.#entries = this.#entries.filter((entry) => entry.sequence > this.#archivedUpTo);
    return before - this.#entries.length;
  }
}
