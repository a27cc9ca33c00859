import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** The user's config file: a JSON object whose keys are the long flags without dashes. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** A mistake in the config file; the message names the file. */
export class ConfigError extends Error {
  constructor(config: ConfigFile, problem: string) {
    super(`${config.path}: ${problem}`);
    this.name = 'ConfigError';
  }
}

/** Reads `$XDG_CONFIG_HOME/ktop/config.json` (never `~/.ktop`, which is another program's); null where there is none. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigFile | null {
  const base = env.XDG_CONFIG_HOME;
  const path = join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'ktop', 'config.json');
  try {
    return {path, text: readFileSync(path, 'utf8')};
  } catch {
    return null;
  }
}

/** The keys and values of the file. Throws a `ConfigError` where it is no JSON object. */
export function configValues(config: ConfigFile): readonly {readonly key: string; readonly value: unknown}[] {
  let content: unknown;
  try {
    content = JSON.parse(config.text);
  } catch (error) {
    throw new ConfigError(config, error instanceof Error ? error.message : 'not JSON');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(config, 'an object such as {"node": "kind-worker"} is wanted');
  }
  return Object.entries(content).map(([key, value]: [string, unknown]) => ({key, value}));
}
