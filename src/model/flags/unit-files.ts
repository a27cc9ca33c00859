import {matchesPath} from './path-glob.ts';
import {readAssignments, readEnvironmentFile, splitWords} from './systemd-words.ts';

/** A file that systemd reads, in the order in which it does: the unit, then its drop-ins. Untrusted text. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

/** Where a word of the command line comes from. */
interface WordSource {
  readonly path: string;
  /** The variable that it stands in; null where it stands in the command line itself. */
  readonly variable: string | null;
}

export interface SourcedWord extends WordSource {
  readonly text: string;
}

/** One `ExecStart=` that holds, as it stands in its file. */
export interface ExecStart {
  readonly path: string;
  /** In one line: continued lines are joined. */
  readonly line: string;
}

/** A setting of the section `[Service]`. */
interface Setting {
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

/** The settings of `[Service]` of all files in order. */
function serviceSettings(files: readonly UnitFile[]): readonly Setting[] {
  return files.flatMap(({path, text}) => {
    const settings: Setting[] = [];
    let section = '';
    for (const line of joinedLines(text)) {
      const [, header] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
      if (header !== undefined) section = header;
      const equals = line.indexOf('=');
      if (section !== 'Service' || equals === -1) continue;
      settings.push({path, name: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim()});
    }
    return settings;
  });
}

/** The lines of a unit file without its comments; one that ends with a backslash goes on in the next. */
function* joinedLines(text: string): Generator<string> {
  let held: string[] = [];
  for (const raw of text.split(/\r?\n/)) {
    // A comment between continued lines is passed over, and does not end them.
    if (/^\s*[#;]/.test(raw)) continue;
    if (raw.endsWith('\\')) {
      held.push(raw.slice(0, -1));
      continue;
    }
    yield held.length === 0 ? raw : [...held, raw].join(' ');
    held = [];
  }
  if (held.length > 0) yield held.join(' ');
}

/** The `ExecStart=` that hold: an empty one takes away those before it. */
export function execStarts(files: readonly UnitFile[]): readonly ExecStart[] {
  let found: ExecStart[] = [];
  for (const {path, name, value} of serviceSettings(files)) {
    if (name !== 'ExecStart') continue;
    found = value === '' ? [] : [...found, {path, line: value}];
  }
  return found;
}

/** The environment files that hold, in order; a leading `-` (it may be missing) is taken off. */
function environmentFiles(files: readonly UnitFile[]): readonly string[] {
  let found: string[] = [];
  for (const {name, value} of serviceSettings(files)) {
    if (name === 'EnvironmentFile') found = value === '' ? [] : [...found, value.replace(/^-/, '')];
  }
  return found;
}

interface Variable {
  readonly value: string;
  readonly path: string;
}

/** What variables the service has: of `Environment=`, then of the files, which win; a later one wins over an earlier. */
function variables(files: readonly UnitFile[], contents: ReadonlyMap<string, string>): ReadonlyMap<string, Variable> {
  const found = new Map<string, Variable>();
  for (const {path, name, value} of serviceSettings(files)) {
    if (name !== 'Environment') continue;
    if (value === '') found.clear();
    for (const [variable, text] of readAssignments(value)) {
      found.set(variable, {value: text.replaceAll('%%', '%'), path});
    }
  }
  const paths = environmentFiles(files).flatMap((pattern) => pathsOf(pattern, contents));
  // What is read once more later counts there alone.
  for (const path of [...new Set(paths.reverse())].reverse()) {
    for (const [variable, value] of readEnvironmentFile(contents.get(path) ?? '')) found.set(variable, {value, path});
  }
  return found;
}

/** The files that a path means, which may have `*`, `?` and `[…]`. */
function pathsOf(pattern: string, contents: ReadonlyMap<string, string>): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  return [...contents.keys()].filter((path) => matchesPath(pattern, path)).sort();
}

/** No command line is longer (execve(2): a quarter of the stack's usual 8 MiB); variables in it may stand for any length. */
const longestCommand = 2 * 1024 * 1024;

/**
 * The command line that systemd makes of the one `ExecStart=` that holds, each word with where it comes from: `$NAME` as a
 * word of its own becomes as many words as it holds, `${NAME}` a part of one; a variable that is not set is nothing.
 * Null where there is not exactly one, or it is longer than any kernel takes.
 */
export function commandLine(
  files: readonly UnitFile[],
  contents: ReadonlyMap<string, string>,
): readonly SourcedWord[] | null {
  const [start, ...others] = execStarts(files);
  if (start === undefined || others.length > 0) return null;
  const {path} = start;
  const {prefix, words} = execWords(start.line);
  const expands = !prefix.includes(':');
  const known = variables(files, contents);
  const literal = (text: string): SourcedWord => ({text: text.replaceAll('%%', '%'), path, variable: null});
  let length = 0;
  /** The variable's value, as far as there is room for it. */
  const valueOf = (variable: Variable): string => {
    length += variable.value.length;
    return length > longestCommand ? '' : variable.value;
  };
  const line = words.flatMap((word, index): readonly SourcedWord[] => {
    if (index === 0 || !expands) return [literal(word)];
    const [, whole] = /^\$([A-Za-z_]\w*)$/.exec(word) ?? [];
    if (whole !== undefined) {
      const variable = known.get(whole);
      if (variable === undefined) return [];
      return splitWords(valueOf(variable)).map((text) => ({text, path: variable.path, variable: whole}));
    }
    let from: WordSource = {path, variable: null};
    const text = word.replaceAll('%%', '%').replace(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (all, name: string | undefined) => {
      if (name === undefined) return '$';
      const variable = known.get(name);
      if (variable !== undefined) from = {path: variable.path, variable: name};
      return variable === undefined ? '' : valueOf(variable);
    });
    return [{text, ...from}];
  });
  return length > longestCommand ? null : line;
}

/** The words of an `ExecStart=`, and the marks before its program (`-`, `:`, `+`, `!`, `@`). */
export function execWords(line: string): {readonly prefix: string; readonly words: readonly string[]} {
  const [prefix = ''] = /^[-:+!@]*/.exec(line) ?? [];
  return {prefix, words: splitWords(line.slice(prefix.length))};
}
