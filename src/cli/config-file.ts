import {readFileSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {Command} from 'commander';
import {at} from '../util/json.ts';
import {UnusableValue, type Flag} from './flag.ts';

/** The user's config file: a JSON object whose keys are the long flags without dashes. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  /** Why it could not be read: it may hold what must not be passed over, such as `read-only`. */
  readonly unreadable?: string;
  /** Whether others than the user may write it: no command of theirs is run. */
  readonly foreign?: boolean;
}

/** A mistake in the config file; the message names the file. */
export class ConfigError extends Error {
  constructor(config: ConfigFile, problem: string) {
    super(`${config.path}: ${problem}`);
    this.name = 'ConfigError';
  }
}

/** Reads `$XDG_CONFIG_HOME/ktop/config.json` (never `~/.ktop`, which is another program's); null where there is none. One that is there and cannot be read is a mistake to tell, as one in its text. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigFile | null {
  const base = env.XDG_CONFIG_HOME;
  const path = join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'ktop', 'config.json');
  try {
    const {uid, mode} = statSync(path);
    const own = process.geteuid?.() ?? uid;
    return {path, text: readFileSync(path, 'utf8'), foreign: (uid !== own && uid !== 0) || (mode & 0o002) !== 0};
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return {path, text: '', unreadable: error instanceof Error ? error.message : String(error)};
  }
}

/**
 * Gives a command the values of the config file. All keys are looked at, those that only other commands take as well;
 * what cannot be used comes back, a mistake each, and is left out.
 */
export function applyConfig(
  command: Command,
  config: ConfigFile,
  flags: {readonly own: readonly Flag<unknown>[]; readonly all: readonly Flag<unknown>[]},
): readonly ConfigError[] {
  const content = contentOf(config);
  if (content instanceof ConfigError) return [content];
  const mistakes: ConfigError[] = [];
  for (const [key, value] of content) {
    const flag = flags.all.find((one) => one.key === key || one.key === `no-${key}`);
    if (flag === undefined) {
      mistakes.push(new ConfigError(config, `"${key}" is not an option of ktop`));
      continue;
    }
    try {
      const meant = flag.option.negate && flag.key === key ? negated(value) : value;
      flag.configure(flags.own.includes(flag) ? command : null, meant);
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error;
      mistakes.push(new ConfigError(config, `"${key}": ${error.message}`));
    }
  }
  return mistakes;
}

/** `"no-fold": true` is what `"fold": false` is. */
const negated = (value: unknown): unknown => (typeof value === 'boolean' ? !value : value);

function contentOf(config: ConfigFile): ReadonlyMap<string, unknown> | ConfigError {
  if (config.unreadable !== undefined) return new ConfigError(config, `it cannot be read: ${config.unreadable}`);
  let content: unknown;
  try {
    content = JSON.parse(config.text);
  } catch (error) {
    return new ConfigError(config, error instanceof Error ? error.message : 'not JSON');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return new ConfigError(config, 'an object such as {"node": "kind-worker"} is wanted');
  }
  return new Map(Object.keys(content).map((key) => [key, at(content, key)]));
}
