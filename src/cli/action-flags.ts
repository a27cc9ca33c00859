import type {Command} from 'commander';
import {ConfigError, type ConfigFile} from './config-content.ts';
import {lineOf} from './config-file.ts';
import {Flag} from './flag.ts';

/** What holds for everything that changes a node. */
export const actionFlags = {
  readOnly: Flag.switch('--read-only', 'change nothing: no key and no command that does'),
  onRestart: Flag.text('--on-restart <command>', 'run this here after a restart of the kubelet that was seen healthy'),
} as const;

/** What was said of changes, read once and for all. */
export interface ActionOptions {
  /** Where it was said that nothing may be changed; null where it may. */
  readonly readOnly: string | null;
  /** The user's own shell command for a restart that was seen healthy. */
  readonly onRestart: string | null;
}

/** Reads them; throws a `ConfigError` where somebody else could have written the command. */
export function readActions(command: Command, config: ConfigFile | null): ActionOptions {
  const {readOnly, onRestart} = actionFlags;
  if (config?.foreign === true && onRestart.sourceIn(command) === 'config') {
    const problem = "'on-restart': others may write this file, so its command is not run (chmod go-w)";
    throw new ConfigError(config.path, lineOf(config, onRestart), problem);
  }
  return {
    readOnly: readOnly.read(command) ? whereReadOnly(readOnly, command, config) : null,
    onRestart: onRestart.read(command),
  };
}

function whereReadOnly(flag: Flag<boolean>, command: Command, config: ConfigFile | null): string {
  return flag.sourceIn(command) === 'config' && config !== null ? `"read-only" in ${config.path}` : '--read-only';
}

/** Whether the help has no word of changes: so the file says, or the command line that asks for the help. */
export function hidesChanges(argv: readonly string[], config: ConfigFile | null): boolean {
  const {key} = actionFlags.readOnly;
  return argv.includes(`--${key}`) || config?.settings.some((one) => one.key === key && one.value === true) === true;
}
