import type {Command} from 'commander';
import type {ConfigFile} from './config-content.ts';
import {lineOf} from './config-file.ts';
import {UnusableValue, type Flag} from './flag.ts';

/** One setting as `ktop config --print` tells it. */
export interface SettingLine {
  readonly key: string;
  /** As a config file has it; null where nothing is set and nothing holds by itself. */
  readonly value: string | null;
  /** `flag`, `environment KTOP_NODE`, `~/.config/ktop/config.yaml:3`, `default`. */
  readonly from: string;
  readonly isSet: boolean;
}

/** What holds for each option of a command, and what was given but cannot be used. */
export function settingLines(
  command: Command,
  flags: readonly Flag<unknown>[],
  config: ConfigFile | null,
): {readonly lines: readonly SettingLine[]; readonly mistakes: readonly string[]} {
  const mistakes: string[] = [];
  const lines = flags.map((flag): SettingLine => {
    const key = flag.key.replace(/^no-/, '');
    const source = flag.sourceIn(command);
    if (source === null || source === 'default') {
      return {key, value: flag.standard, from: 'default', isSet: false};
    }
    try {
      flag.read(command);
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error;
      mistakes.push(`'${flag.option.flags}': ${error.message}`);
    }
    const value: unknown = command.getOptionValue(flag.option.attributeName());
    return {key, value: inYaml(value, flag), from: origin(flag, source, config), isSet: true};
  });
  return {lines, mistakes};
}

function origin(flag: Flag<unknown>, source: 'cli' | 'env' | 'config', config: ConfigFile | null): string {
  switch (source) {
    case 'cli':
      return 'flag';
    case 'env':
      return `environment ${flag.option.envVar ?? ''}`.trim();
    case 'config': {
      const line = config === null ? null : lineOf(config, flag);
      return `${config?.path ?? 'config file'}${line === null ? '' : `:${line}`}`;
    }
  }
}

function inYaml(value: unknown, flag: Flag<unknown>): string {
  if (Array.isArray(value)) return `[${value.map((one) => inYaml(one, flag)).join(', ')}]`;
  if (typeof value === 'boolean') return String(value);
  const text = String(value);
  return flag.isNumber ? text : yamlText(text);
}

/** A text as YAML: bare where it can only be a text, else in quotes. */
export function yamlText(text: string): string {
  const isBare = /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isBare ? text : JSON.stringify(text);
}
