import {Argument, Command, CommanderError, Option} from 'commander';
import {allCommands} from '../commands/commands.ts';
import type {CommandName} from '../model/event.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import type {WatchOptions} from '../session/options.ts';
import type {KeyWish} from '../model/screen/key.ts';
import {ConfigError, type ConfigFile} from './config-content.ts';
import {applyConfig, configPath, keyWishes, lineOf} from './config-file.ts';
import {settingLines, type SettingLine} from './setting-lines.ts';
import {shells, type ShellName} from './completion-scripts.ts';
import {connectionFlags, demoByDefault, readConnection} from './connection-flags.ts';
import {UnusableValue, type Flag} from './flag.ts';
import {readWatch, watchFlags} from './watch-flags.ts';

/** What the user asked for, validated; the composition root turns it into a running program. */
export type Request =
  | {readonly kind: 'watch'; readonly options: WatchOptions; readonly keys: readonly KeyWish[]}
  | {
      readonly kind: 'command';
      readonly command: CommandName;
      readonly yes: boolean;
      readonly connection: ConnectionOptions;
    }
  | {
      readonly kind: 'nodes';
      readonly json: boolean;
      readonly connection: ConnectionOptions;
      /** What of the config file was left out, and why: a list stands without it. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'access';
      readonly change: 'print' | 'apply' | 'remove';
      readonly proxy: boolean;
      readonly connection: ConnectionOptions;
    }
  | {readonly kind: 'replay'; readonly dir: string}
  | {
      readonly kind: 'config';
      readonly lines: readonly SettingLine[];
      readonly keys: readonly KeyWish[];
      /** What of the config file, the environment and the options cannot be used. */
      readonly mistakes: readonly string[];
    }
  | {readonly kind: 'completion'; readonly shell: ShellName}
  /** The words behind `ktop` so far; the last one is to be completed. */
  | {readonly kind: 'complete'; readonly words: readonly string[]}
  | {readonly kind: 'man'}
  /** Nothing to run: help, version, or a mistake. */
  | {readonly kind: 'text'; readonly exitCode: number; readonly text: string};

export const version = '0.1.0';
const versionText = `ktop (kubelet) ${version}`;

/** Where values come from besides the flags. Flags win over the environment, that wins over the config file. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: ConfigFile | null;
}

/** Reads what the user asked for. Mistakes come back as text with exit code 2, never as an exception. */
export function parseArguments(argv: readonly string[], surroundings: Surroundings): Request {
  // Not for people: no help tells of these two, and nothing that stands behind them is an option of theirs.
  if (argv[0] === '__complete') return {kind: 'complete', words: argv.slice(1)};
  if (argv[0] === '__man') return {kind: 'man'};
  let output = '';
  const requests: Request[] = [];
  const program = buildProgram((request) => requests.push(request), surroundings.env, surroundings.config);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (output += text),
      writeErr: (text) => (output += text),
    });
  }
  try {
    program.parse(argv, {from: 'user'});
  } catch (error) {
    if (error instanceof ConfigError) return {kind: 'text', exitCode: 2, text: `ktop: ${error.message}\n`};
    if (!(error instanceof CommanderError)) throw error;
    const asked = error.exitCode === 0;
    return {kind: 'text', exitCode: asked ? 0 : 2, text: asked ? output : `${output.trimEnd()}\ntry: ktop --help\n`};
  }
  return requests.at(-1) ?? {kind: 'text', exitCode: 2, text: program.helpInformation()};
}

const ofConnection: readonly Flag<unknown>[] = Object.values(connectionFlags);
const ofWatch: readonly Flag<unknown>[] = [...ofConnection, ...Object.values(watchFlags)];

/** The command line as commander knows it; `made` receives what was asked for. */
export function buildProgram(
  made: (request: Request) => unknown,
  env: Surroundings['env'],
  config: ConfigFile | null = null,
): Command {
  const program: Command = new Command('ktop')
    .description("Watch one node's kubelet: its journal, the CPU it reports, and the next cAdvisor housekeeping tick.")
    .version(versionText, '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .allowExcessArguments()
    .helpCommand('help [command]', 'tell what a command does and takes')
    .hook('preSubcommand', (_, command) => refuseMisplaced(program, command.name()))
    .hook('preAction', (_, command) => refuseWords(command));
  const configured = (command: Command, own: readonly Flag<unknown>[]): readonly ConfigError[] =>
    config === null ? [] : applyConfig(command, config, {own, all: ofWatch});
  /** Reads a command's values; a mistake in the config file is a mistake, too, unless `notes` takes it. */
  const reading = <T>(command: Command, read: (command: Command) => T, notes: string[] | null = null): T => {
    const own = command.parent === null ? ofWatch : ofConnection;
    const mistakes = configured(command, own);
    if (notes === null && mistakes[0] !== undefined) throw mistakes[0];
    notes?.push(...mistakes.map(({message}) => message));
    try {
      return read(command);
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error;
      const {flag, source} = error;
      if (source === 'config' && config !== null) {
        throw new ConfigError(config.path, lineOf(config, flag), `'${flag.key}': ${error.message}`);
      }
      const where = source === 'env' ? ` (${flag.option.envVar ?? 'environment'})` : '';
      return command.error(`error: option '${flag.option.flags}'${where}: ${error.message}`);
    }
  };
  const wishes = config === null ? [] : keyWishes(config).wishes;
  const withFlags = (command: Command, flags: readonly Flag<unknown>[]): Command => {
    for (const {option} of flags) command.addOption(option);
    if (env.KTOP_DEMO === '1') command.setOptionValueWithSource(demoByDefault, true, 'env');
    return command;
  };

  withFlags(program, ofWatch).action((_: unknown, command: Command) => {
    made({kind: 'watch', options: reading(command, readWatch), keys: wishes});
  });
  for (const {name, summary} of allCommands) {
    withFlags(program.command(name).description(summary), ofConnection)
      .option('-y, --yes', 'do not ask')
      .action((_: unknown, command: Command) => {
        made({
          kind: 'command',
          command: name,
          yes: isGiven(command, 'yes'),
          connection: reading(command, readConnection),
        });
      });
  }
  withFlags(
    program.command('nodes').description('list every node that can be seen, and how it would be reached'),
    ofConnection,
  )
    .option('--json', 'as JSON')
    .action((_: unknown, command: Command) => {
      const notes: string[] = [];
      const connection = reading(command, readConnection, notes);
      made({kind: 'nodes', json: isGiven(command, 'json'), connection, notes});
    });
  withFlags(
    program.command('access').description('print the least rights that ktop needs, as a manifest'),
    ofConnection,
  )
    .option('--apply', 'apply it to the cluster')
    .addOption(new Option('--remove', 'take it away again').conflicts('apply'))
    .option('--proxy', 'with nodes/proxy, which also allows exec: only for kubelets older than 1.32 and the pod list')
    .action((_: unknown, command: Command) => {
      const change = isGiven(command, 'apply') ? 'apply' : isGiven(command, 'remove') ? 'remove' : 'print';
      // What is only printed depends on no cluster.
      const connection = reading(command, readConnection, change === 'print' ? [] : null);
      made({kind: 'access', change, proxy: isGiven(command, 'proxy'), connection});
    });
  withFlags(program.command('config').description('print the settings that hold, and where each comes from'), ofWatch)
    .option('--print', 'print them, as a config file (the default)')
    .addOption(new Option('--path', 'print where the config file is, or would be').conflicts('print'))
    .action((_: unknown, command: Command) => {
      if (isGiven(command, 'path')) {
        made({kind: 'text', exitCode: 0, text: `${configPath(env)}\n`});
        return;
      }
      const mistakes = configured(command, ofWatch).map(({message}) => message);
      const settings = settingLines(command, ofWatch, config);
      made({kind: 'config', lines: settings.lines, keys: wishes, mistakes: [...mistakes, ...settings.mistakes]});
    });
  program
    .command('completion')
    .description('print what makes a shell complete options, nodes and pods')
    .addArgument(
      new Argument('<shell>', 'eval "$(ktop completion bash)"; fish: ktop completion fish | source').choices(shells),
    )
    .action((given: string) => {
      const shell = shells.find((one) => one === given);
      if (shell !== undefined) made({kind: 'completion', shell});
    });
  program
    .command('version')
    .description('output the version number')
    .action(() => void made({kind: 'text', exitCode: 0, text: `${versionText}\n`}));
  program
    .command('replay <dir>')
    .description('replay a recording as fast as it can, as JSON lines')
    .addOption(new Option('-o, --output <format>').choices(['jsonl']).default('jsonl'))
    .action((dir: string) => {
      made({kind: 'replay', dir});
    });
  return program;
}

const isGiven = (command: Command, name: string): boolean => command.getOptionValue(name) === true;

/** A flag in front of the command's name would be the screen's, not the command's: never restart another node by that. */
function refuseMisplaced(program: Command, name: string): void {
  const misplaced = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  if (misplaced !== undefined) {
    program.error(`error: options go behind the command: ktop ${name} ${misplaced.flags} …`);
  }
}

/** A word that is no option: an unknown command, or a node's name that would be taken for nothing. */
function refuseWords(command: Command): void {
  const word = command.args[command.registeredArguments.length];
  if (word === undefined) return;
  if (command.parent === null) {
    const known = command.commands.map((one) => one.name()).join(', ');
    command.error(`error: there is no command '${word}', only ${known}; a node is named so: ktop --node ${word}`);
  }
  const name = command.name();
  const hint = command.registeredArguments.length > 0 ? '' : `; a node is named so: ktop ${name} --node ${word}`;
  command.error(`error: '${word}' is one word too many for 'ktop ${name}'${hint}`);
}
