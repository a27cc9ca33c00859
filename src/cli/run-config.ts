import {complain, printText} from '../terminal/print.ts';
import {yamlText, type SettingLine} from './setting-lines.ts';

/** One binding of the keyboard, for the print. */
export interface KeyLine {
  readonly name: string;
  readonly keys: readonly string[];
  readonly what: string;
  /** Where the user has said so; null: as it comes. */
  readonly where: string | null;
}

/**
 * Prints what holds as a config file, with what is not set as comments; mistakes go to standard error. Resolves with the
 * exit code: 2 where something cannot be used.
 */
export function printConfig(
  lines: readonly SettingLine[],
  keys: readonly KeyLine[],
  mistakes: readonly string[],
): number {
  printText(configText(lines, keys));
  for (const mistake of mistakes) complain(mistake);
  return mistakes.length === 0 ? 0 : 2;
}

/** The settings as YAML that can be used as a config file. */
export function configText(lines: readonly SettingLine[], keys: readonly KeyLine[]): string {
  const settings = lines.map(({key, value, from, isSet}) =>
    aligned(`${isSet ? '' : '# '}${key}:${value === null ? '' : ` ${value}`}`, from),
  );
  const isOwn = keys.some(({where}) => where !== null);
  const bindings = keys.map(({name, keys: own, what, where}) => {
    const list = own.length === 1 ? yamlText(own[0] ?? '') : `[${own.map(yamlText).join(', ')}]`;
    const from = where === null ? what : `${what} (${where})`;
    return aligned(`${where === null ? '# ' : ''}  ${name}: ${list}`, from);
  });
  return [...settings, isOwn ? 'keys:' : '# keys:', ...bindings, ''].join('\n');
}

const commentAt = 34;

const aligned = (entry: string, comment: string): string => `${entry.padEnd(commentAt)}  # ${comment}`;
