/** One entry of the config file. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  /** The line of the key, from 1. */
  readonly line: number;
  /** The entries below it, where its value is a mapping. */
  readonly entries: readonly Setting[];
}

/** The user's config file: its keys are the long flags without dashes, and `keys` for the keyboard. */
export interface ConfigFile {
  /** As it is shown: `~` for the home folder. */
  readonly path: string;
  readonly settings: readonly Setting[];
  /** What is wrong with the file as a whole. */
  readonly mistakes: readonly ConfigError[];
  /** Whether others than the user may write it: no command of theirs is run. */
  readonly foreign?: boolean;
}

/** A mistake in the config file; the message names the file, and the line where one is to blame. */
export class ConfigError extends Error {
  constructor(path: string, line: number | null, problem: string) {
    super(`${path}:${line === null ? '' : `${line}:`} ${problem}`);
    this.name = 'ConfigError';
  }
}
