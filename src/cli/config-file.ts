import {readFileSync, statSync, type Stats} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {Command} from 'commander';
import type {KeyWish} from '../model/screen/key.ts';
import {similarTo} from '../util/similar.ts';
import {ConfigError, type ConfigFile} from './config-content.ts';
import {UnusableValue, type Flag} from './flag.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The names that a config file may have; new ones are YAML, in which JSON can be written as well. */
const names = ['config.yaml', 'config.yml', 'config.json'] as const;

/** No settings are as long; who names a log or a device here is told so. */
const mostBytes = 1_000_000;

/**
 * Where the config file is, or would be: in `$XDG_CONFIG_HOME/ktop` (default `~/.config/ktop`; never `~/.ktop`, which is
 * another program's). The first that is there; where none is, the one to make.
 */
export function configPath(env: Env): string {
  return presentPaths(env)[0] ?? join(configFolder(env), names[0]);
}

/** Reads the config file; null where there is none. One that cannot be read is a mistake in it, not an exception. */
export async function readConfig(env: Env): Promise<ConfigFile | null> {
  const [path, second] = presentPaths(env);
  if (path === undefined) return null;
  const shown = shownPath(path, env);
  const unread = (problem: string): ConfigFile => ({
    path: shown,
    settings: [],
    mistakes: [new ConfigError(shown, null, problem)],
  });
  let text: string;
  let foreign: boolean;
  try {
    const {size, uid, mode} = fileAt(path);
    const own = process.geteuid?.() ?? uid;
    foreign = (uid !== own && uid !== 0) || (mode & 0o002) !== 0;
    if (size > mostBytes) return unread('it is too large for a config file');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return unread(`it cannot be read: ${error instanceof Error ? error.message.replace(/, \w+( '.*')?$/, '') : '?'}`);
  }
  // js-yaml: a chunk of its own, for who has a config file.
  const {parseConfig} = await import('./parse-config.ts');
  const config = {...parseConfig(shown, text), foreign};
  if (second === undefined) return config;
  const two = `${shownPath(second, env)} is there, too: ktop reads one file, move your settings into it`;
  return {...config, mistakes: [...config.mistakes, new ConfigError(shown, null, two)]};
}

function fileAt(path: string): Stats {
  const found = statSync(path);
  if (!found.isFile()) throw new Error('it is no file');
  return found;
}

function configFolder(env: Env): string {
  const base = env.XDG_CONFIG_HOME;
  return join(base === undefined || base === '' ? join(homeOf(env), '.config') : base, 'ktop');
}

const homeOf = (env: Env): string => (env.HOME === undefined || env.HOME === '' ? homedir() : env.HOME);

function presentPaths(env: Env): readonly string[] {
  return names
    .map((name) => join(configFolder(env), name))
    .filter((path) => {
      try {
        return statSync(path, {throwIfNoEntry: false}) !== undefined;
      } catch (error) {
        // A folder that may not be looked into may hold one: reading it says why it cannot be had.
        return path.endsWith(names[0]) && error instanceof Error && 'code' in error && error.code === 'EACCES';
      }
    });
}

/** A path as the user writes it. */
function shownPath(path: string, env: Env): string {
  const home = homeOf(env);
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** The entry of the config file that stands for the keyboard, not for an option. */
const keysEntry = 'keys';

/**
 * Gives a command the values of the config file. All keys are looked at, those that only other commands take as well;
 * what cannot be used comes back, a mistake each, and is left out.
 */
export function applyConfig(
  command: Command,
  config: ConfigFile,
  flags: {readonly own: readonly Flag<unknown>[]; readonly all: readonly Flag<unknown>[]},
): readonly ConfigError[] {
  const mistakes = [...config.mistakes];
  for (const {key, value, line} of config.settings) {
    if (key === keysEntry) continue;
    const flag = flagOf(key, flags.all);
    if (flag === undefined) {
      const known = [keysEntry, ...flags.all.flatMap((one) => [one.key, one.key.replace(/^no-/, '')])];
      const meant = similarTo(key, known);
      const hint = meant === null ? 'ktop config --print lists those there are' : `did you mean '${meant}'?`;
      mistakes.push(new ConfigError(config.path, line, `unknown key '${key}', ${hint}`));
      continue;
    }
    try {
      const meant = flag.option.negate && flag.key === key ? negated(value) : value;
      flag.configure(flags.own.includes(flag) ? command : null, meant);
      // Where others take several of it a command may take one.
      const twin = flags.own.find((one) => one !== flag && one.key === flag.key);
      if (twin !== undefined) configureOne(twin, command, meant);
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error;
      mistakes.push(new ConfigError(config.path, line, `'${key}': ${error.message}`));
    }
  }
  const keys = keyWishes(config);
  return [...mistakes, ...keys.mistakes];
}

/** Gives an option that takes one what a list of one holds; of several none is meant more. Throws an `UnusableValue`. */
function configureOne(flag: Flag<unknown>, command: Command, value: unknown): void {
  if (!Array.isArray(value)) return flag.configure(command, value);
  const [only] = value.map(String);
  if (value.length < 2) return flag.configure(command, only ?? '');
  const source = flag.sourceIn(command);
  if (source === 'cli' || source === 'env') return;
  const problem = `there are several, and ktop ${command.name()} takes one: ${flag.option.flags}`;
  throw new UnusableValue(flag, 'config', problem);
}

/** The option that a key of the file stands for. */
function flagOf(key: string, flags: readonly Flag<unknown>[]): Flag<unknown> | undefined {
  return flags.find((one) => one.key === key || one.key === `no-${key}`);
}

/** Where in the file an option was given. */
export function lineOf(config: ConfigFile, flag: Flag<unknown>): number | null {
  return config.settings.find(({key}) => flagOf(key, [flag]) !== undefined)?.line ?? null;
}

/** Which keys the file wishes for what; whether there is such a thing to do is for the table of the keys to say. */
export function keyWishes(config: ConfigFile): {
  readonly wishes: readonly KeyWish[];
  readonly mistakes: readonly ConfigError[];
} {
  const section = config.settings.find(({key}) => key === keysEntry);
  if (section === undefined || section.value === null) return {wishes: [], mistakes: []};
  if (typeof section.value !== 'object' || Array.isArray(section.value)) {
    const problem = `'${keysEntry}': what each key does is wanted, such as {restart: R}`;
    return {wishes: [], mistakes: [new ConfigError(config.path, section.line, problem)]};
  }
  const wishes: KeyWish[] = [];
  const mistakes: ConfigError[] = [];
  for (const {key, value, line} of section.entries) {
    const keys = Array.isArray(value) ? value : [value];
    if (keys.every((one) => typeof one === 'string' || typeof one === 'number')) {
      wishes.push({binding: key, keys: keys.map(String), where: `${config.path}:${line}`});
    } else {
      mistakes.push(
        new ConfigError(config.path, line, `'${key}': a key, or a list of keys, is wanted: R, [q, ctrl+q]`),
      );
    }
  }
  return {wishes, mistakes};
}

/** `"no-fold": true` is what `"fold": false` is. */
const negated = (value: unknown): unknown => (typeof value === 'boolean' ? !value : value);
