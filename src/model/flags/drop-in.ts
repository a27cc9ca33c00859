import {at, parseJson, textAt} from '../../util/json.ts';
import {execStarts, execWords, type UnitFile} from './unit-files.ts';
import {execWord} from './systemd-words.ts';

/** The one file of ktop's own among a unit's drop-ins. */
export const dropInName = '90-ktop.conf';

/** A flag without its dashes, and its value. */
export interface FlagSetting {
  readonly name: string;
  readonly value: string;
}

/** Why flags cannot be set; a sentence. */
export interface Problem {
  readonly problem: string;
}

const longestValue = 4096;
/** These would make a program that does something else and ends. */
const otherPrograms = new Set(['version', 'help', 'h']);

/** Reads `NAME=VALUE`; dashes in front do no harm. */
export function parseSetting(text: string): FlagSetting | Problem {
  const [, name, value] = /^(?:--?)?([A-Za-z][A-Za-z0-9_-]{0,99})=([\s\S]*)$/.exec(text.trim()) ?? [];
  if (name === undefined || value === undefined) return {problem: 'NAME=VALUE is wanted, such as v=6'};
  return checkSetting({name: flagName(name), value});
}

function checkSetting(setting: FlagSetting): FlagSetting | Problem {
  const {name, value} = setting;
  if (otherPrograms.has(name)) return {problem: `--${name} is no setting: the kubelet would print something and end`};
  if (value.length > longestValue) return {problem: `the value of --${name} is too long`};
  if (/\p{Cc}|[\u2028\u2029]/u.test(value)) return {problem: `the value of --${name} holds a control character`};
  return setting;
}

/** The name by which the kubelet knows a flag: `_` is `-` to it (`cliflag.WordSepNormalizeFunc`). */
export function flagName(name: string): string {
  return name.replaceAll('_', '-');
}

/** Settings with others put in: one of a name each, those that were there in their places. */
export function withSettings(
  before: readonly FlagSetting[],
  changes: readonly FlagSetting[],
  removed: readonly string[] = [],
): readonly FlagSetting[] {
  const all = new Map([...before, ...changes].map(({name, value}) => [name, value]));
  for (const name of removed) all.delete(flagName(name));
  return [...all].map(([name, value]) => ({name, value}));
}

/** A flag as it stands on the command line. */
export const flagWord = ({name, value}: FlagSetting): string => `--${name}=${value}`;

const isOurs = ({path}: UnitFile): boolean => path.endsWith(`/${dropInName}`);
const mark = '# ktop-flags: ';

/** What is set by our own drop-in; empty where it is not there, or not ours. */
export function ownSettings(files: readonly UnitFile[]): readonly FlagSetting[] {
  const line = files
    .filter(isOurs)
    .flatMap(({text}) => text.split('\n'))
    .findLast((one) => one.startsWith(mark));
  const flags = at(parseJson(line?.slice(mark.length) ?? ''), 'flags');
  if (typeof flags !== 'object' || flags === null) return [];
  return Object.keys(flags).flatMap((name) => {
    const value = textAt(flags, name);
    const setting = value === undefined ? null : checkSetting({name, value});
    return setting === null || 'problem' in setting || !/^[A-Za-z][\w-]{0,99}$/.test(name) ? [] : [setting];
  });
}

/** Where our own drop-in lies; null where there is none. */
export function ownDropIn(files: readonly UnitFile[]): string | null {
  return files.find(isOurs)?.path ?? null;
}

/** The unit as it is without our drop-in. */
function withoutOurs(files: readonly UnitFile[]): readonly UnitFile[] {
  return files.filter((file) => !isOurs(file));
}

/**
 * The text of our drop-in: the command line that holds without it, with flags behind it; the last one of a name counts
 * for the kubelet. That works for every layout, whatever variables its command line has or lacks.
 */
export function dropInText(files: readonly UnitFile[], settings: readonly FlagSetting[]): string | Problem {
  const others = withoutOurs(files);
  const starts = execStarts(others);
  const [start] = starts;
  if (start === undefined) return {problem: 'the unit has no ExecStart='};
  if (starts.length > 1) return {problem: 'the unit has several ExecStart= lines: which one is the kubelet?'};
  const later = execStarts(others.filter(({path}) => path.includes('.d/') && nameOf(path) > dropInName));
  if (later[0] !== undefined) {
    return {problem: `${later[0].path} sets ExecStart= after ${dropInName}, which would have no effect`};
  }
  const {prefix, words} = execWords(start.line);
  if (words.includes(';')) return {problem: `the unit's ExecStart= holds several commands`};
  const program = nameOf(words[0] ?? '');
  if (/^(?:ba|da|z|k)?sh$/.test(program) || program === 'env') {
    return {problem: `the unit starts the kubelet through ${program}: flags behind that command line do not reach it`};
  }
  const flags = settings.map((setting) => execWord(flagWord(setting), !prefix.includes(':')));
  return [
    '# Made by ktop: the command line below this file, with flags behind it.',
    '# `ktop flags --reset --node NODE` takes it away, and so does a key of ktop.',
    mark + JSON.stringify({flags: Object.fromEntries(settings.map(({name, value}) => [name, value]))}),
    '[Service]',
    'ExecStart=',
    `ExecStart=${[start.line, ...flags].join(' ')}`,
    '',
  ].join('\n');
}

/** What our drop-in was made from is not what is there now: a sentence, or null where all is well. */
export function staleness(files: readonly UnitFile[]): string | null {
  const ours = execStarts(files.filter(isOurs))[0];
  const now = execStarts(withoutOurs(files)).at(-1);
  if (ours === undefined || now === undefined || `${ours.line} `.startsWith(`${now.line} `)) return null;
  return `${now.path} has changed since ${dropInName} was made and has no effect: set a flag again, or reset`;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
