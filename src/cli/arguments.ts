import {Argument, Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import {parseVerbosity} from '../commands/verbosity.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {parseSetting, type FlagSetting} from '../model/flags/drop-in.ts';
import {allCommands, type TableName} from '../commands/commands.ts';
import type {KeyWish} from '../model/screen/key.ts';
import {isNodePattern, type NodeWish} from '../nodes/node-words.ts';
import type {ConnectionOptions} from '../nodes/options.ts';
import type {ExporterOptions, WatchOptions} from '../session/options.ts';
import {actionFlags, hidesChanges, readActions, type ActionOptions} from './action-flags.ts';
import {shells, type ShellName} from './completion-scripts.ts';
import {ConfigError, type ConfigFile} from './config-content.ts';
import {applyConfig, configPath, keyWishes, lineOf} from './config-file.ts';
import {deployFlags, readDeploy, readTimeoutMs, type DeployWish} from './deploy-flags.ts';
import {settingLines, type SettingLine} from './setting-lines.ts';
import {connectionFlags, demoByDefault, nodesFlag, readConnection, readNodes} from './connection-flags.ts';
import {UnusableValue, type Flag} from './flag.ts';
import type {RecordingsRequest} from './run-recordings.ts';
import {parseSplit, type SplitAt} from './split-at.ts';
import {profileKinds, type ProfileKind} from '../commands/profile.ts';
import type {PipelineOptions} from './run-pipeline.ts';
import type {ProfileOptions} from './run-profile.ts';
import type {CompareRequest} from './run-compare.ts';
import {exporterFlags, metricsFlags, readExporter, readMetrics} from './metrics-flags.ts';
import {readWatch, watchFlags} from './watch-flags.ts';
import {columnsOf} from '../terminal/print.ts';

/** What the user asked for, validated; the composition root turns it into a running program. */
export type Request =
  | {
      readonly kind: 'watch';
      /** The nodes that were named, and how one is reached; none: `options` may say it without a name. */
      readonly nodes: readonly NodeWish[];
      readonly options: WatchOptions;
      readonly actions: ActionOptions;
      readonly keys: readonly KeyWish[];
    }
  | {readonly kind: 'exporter'; readonly options: ExporterOptions}
  | {
      readonly kind: 'command';
      readonly command: TableName;
      readonly asking: Asking;
      readonly connection: ConnectionOptions;
      readonly actions: ActionOptions;
    }
  | {
      readonly kind: 'flags';
      /** Null: they are only shown. */
      readonly change: FlagsRequest | null;
      /** Words that the rows which are shown hold. */
      readonly filter: string;
      readonly json: boolean;
      readonly asking: Asking;
      readonly connection: ConnectionOptions;
      readonly actions: ActionOptions;
    }
  | {
      readonly kind: 'verbosity';
      readonly level: number;
      readonly asking: Asking;
      readonly connection: ConnectionOptions;
      readonly actions: ActionOptions;
    }
  | {
      readonly kind: 'deploy';
      readonly nodes: readonly NodeWish[];
      readonly wish: DeployWish;
      readonly asking: Asking;
      readonly connection: ConnectionOptions;
      readonly actions: ActionOptions;
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
      readonly verbosity: boolean;
      readonly pipeline: boolean;
      /** The image of the DaemonSet that is printed instead; null: the rights alone. */
      readonly daemonset: string | null;
      readonly connection: ConnectionOptions;
      readonly actions: ActionOptions;
    }
  | {
      readonly kind: 'replay';
      readonly dir: string;
      /** What comes before this is passed over; null: nothing is. */
      readonly from: SplitAt | null;
      readonly options: WatchOptions;
      readonly keys: readonly KeyWish[];
    }
  | ({readonly kind: 'recordings'} & RecordingsRequest)
  | ({readonly kind: 'compare'} & CompareRequest)
  | ({readonly kind: 'profile'; readonly connection: ConnectionOptions} & ProfileOptions)
  | ({readonly kind: 'pipeline'; readonly connection: ConnectionOptions} & PipelineOptions)
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

/** What is to become of the kubelet's flags. */
export type FlagsRequest =
  | {
      readonly kind: 'set';
      readonly settings: readonly FlagSetting[];
      readonly removed: readonly string[];
      readonly timeoutMs: number;
    }
  | {readonly kind: 'reset'; readonly timeoutMs: number};

/** How an action on the command line is asked about. */
export interface Asking {
  /** Not at all. */
  readonly yes: boolean;
  /** Only what would be run is told. */
  readonly dryRun: boolean;
}

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
  const program = buildProgram((request) => requests.push(request), surroundings.env, surroundings.config, argv);
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

const ofConnection: readonly Flag<unknown>[] = [...Object.values(connectionFlags), actionFlags.readOnly];
const ofAction: readonly Flag<unknown>[] = [...ofConnection, actionFlags.onRestart];
const ofSeveral = (flags: readonly Flag<unknown>[]): readonly Flag<unknown>[] =>
  flags.map((flag) => (flag === connectionFlags.node ? nodesFlag : flag));
const ofDeploy: readonly Flag<unknown>[] = [...ofSeveral(ofAction), deployFlags.timeout];
/** What can be said of a recording that is played back: all that does not ask a node. */
const ofReplay: readonly Flag<unknown>[] = [
  ...[watchFlags.pod, watchFlags.container, watchFlags.namespace, watchFlags.top],
  ...[watchFlags.grep, watchFlags.exclude, watchFlags.severity, watchFlags.contextLines, watchFlags.fold],
  ...[watchFlags.scrollback, watchFlags.output, watchFlags.theme, watchFlags.mouse, watchFlags.for],
  connectionFlags.unit,
];
const ofMetrics: readonly Flag<unknown>[] = Object.values(metricsFlags);
const ofWatch: readonly Flag<unknown>[] = [
  ...ofSeveral(ofAction),
  ...Object.values(watchFlags),
  ...Object.values(deployFlags),
  ...ofMetrics,
];
/** All that a config file can say. */
const ofConfig: readonly Flag<unknown>[] = [...ofWatch, exporterFlags.qps, exporterFlags.every];
const ofExporter: readonly Flag<unknown>[] = [
  ...ofConnection.filter((flag) => flag !== connectionFlags.node),
  ...Object.values(exporterFlags),
  ...ofMetrics,
];

/** The command line as commander knows it; `made` receives what was asked for. */
export function buildProgram(
  made: (request: Request) => unknown,
  env: Surroundings['env'],
  config: ConfigFile | null = null,
  argv: readonly string[] = [],
): Command {
  const hidden = hidesChanges(argv, config);
  const acting = new Map<Command, readonly Flag<unknown>[]>();
  const program: Command = new Command('ktop')
    .description("Watch one node's kubelet: its journal, the CPU it reports, and the next cAdvisor housekeeping tick.")
    // Longer lines are hard to read.
    .configureOutput({getOutHelpWidth: () => Math.min(80, columnsOf('stdout') ?? 80)})
    .version(versionText, '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .allowExcessArguments()
    .helpCommand('help [command]', 'tell what a command does and takes')
    .hook('preSubcommand', (_, command) => refuseMisplaced(program, command.name()))
    .hook('preAction', (_, command) => refuseWords(command));
  const configured = (command: Command, own: readonly Flag<unknown>[]): readonly ConfigError[] =>
    config === null ? [] : applyConfig(command, config, {own, all: ofConfig});
  /** Reads a command's values; a mistake in the config file is a mistake, too, unless `notes` takes it. */
  const reading = <T>(command: Command, read: (command: Command) => T, notes: string[] | null = null): T => {
    const {qps, every} = exporterFlags;
    const ofOthers =
      command.name() === 'exporter' ? [...ofSeveral(ofConnection), ...ofMetrics, qps, every] : ofConnection;
    const own = command.parent === null ? ofWatch : (acting.get(command) ?? ofOthers);
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
    made(
      reading(command, (one) => {
        const [options, actions] = [{...readWatch(one), metrics: readMetrics(one)}, readActions(one, config)];
        const nodes = readNodes(one);
        refuseWatchedBuild(options, actions, nodes, one);
        return {kind: 'watch', nodes, options, actions, keys: wishes};
      }),
    );
  });
  /** A command that changes a node: asked about and run in the same way, whichever it is. */
  const action = (name: string, summary: string, {changes = true, flags = ofAction} = {}): Command => {
    const command = withFlags(program.command(name, {hidden: hidden && changes}).description(summary), flags)
      .option('-y, --yes', 'do not ask')
      .option('--dry-run', 'only print what would be run');
    acting.set(command, flags);
    return command;
  };
  const askingOf = (command: Command): Asking => ({yes: isGiven(command, 'yes'), dryRun: isGiven(command, 'dryRun')});
  const told = (command: Command) =>
    reading(command, (one) => ({connection: readConnection(one), actions: readActions(one, config)}));
  for (const {name, summary} of allCommands) {
    action(name, summary).action((_: unknown, command: Command) => {
      made({kind: 'command', command: name, asking: askingOf(command), ...told(command)});
    });
  }
  // What only looks is there whatever may be changed.
  const flags = action('flags [words...]', "show the kubelet's flags and where each is from, or change them", {
    changes: false,
    flags: ofDeploy,
  })
    .addOption(listOption('--set <name=value>', 'start it with this flag from now on; repeatable'))
    .addOption(listOption('--unset <name>', "take back one of ktop's own flags; repeatable"))
    .addOption(new Option('--reset', "take all of ktop's own flags away").conflicts(['set', 'unset']))
    .addOption(new Option('-o, --output <format>', 'a table, or JSON').choices(['table', 'json']).default('table'));
  flags.action((words: readonly string[], _: unknown, command: Command) => {
    const change = flagsRequest(command, reading(command, readTimeoutMs));
    // Words choose what is shown; who changes something has named a node with them.
    if (change !== null) refuseWord(command, words[0]);
    const json = command.getOptionValue('output') === 'json';
    made({kind: 'flags', change, filter: words.join(' '), json, asking: askingOf(command), ...told(command)});
  });
  action('verbosity <level>', 'set --v of the running kubelet, until its next start').action(
    (text: string, _: unknown, command: Command) => {
      const level = parseVerbosity(text);
      if (level === null)
        command.error(`error: '${safeLine(text)}' is no verbosity: a whole number from 0 to 20 is wanted`);
      else made({kind: 'verbosity', level, asking: askingOf(command), ...told(command)});
    },
  );
  /** What `ktop deploy` and `ktop rollback` have in common. */
  const deploy = (command: Command, wish: (one: Command) => DeployWish['what']) => {
    const options = reading(command, readDeploy);
    const nodes = reading(command, readNodes);
    made({kind: 'deploy', nodes, wish: {what: wish(command), options}, asking: askingOf(command), ...told(command)});
  };
  action('deploy [file]', 'put a kubelet that you built on the node; back by itself where it does not run', {
    flags: ofDeploy,
  })
    .option('--clear', "clear the node's journal before the restart")
    .addOption(new Option('--finish', 'finish a deploy that was cut off').conflicts('list'))
    .option('--list', 'list what lies on the node, and change nothing')
    .action((file: string | undefined, _: unknown, command: Command) => {
      const [list, finish] = [isGiven(command, 'list'), isGiven(command, 'finish')];
      if (file === undefined && !list && !finish) command.error('error: which file? ktop deploy FILE --node NAME');
      if (file !== undefined && (list || finish)) {
        command.error(`error: --${list ? 'list' : 'finish'} takes no file`);
      }
      deploy(command, () => (list ? {kind: 'list'} : finish ? {kind: 'finish'} : {kind: 'file', file: file ?? ''}));
    });
  action('rollback', 'put the kubelet back that the last deploy replaced', {flags: ofDeploy})
    .option('--clear', "clear the node's journal before the restart")
    .action((_: unknown, command: Command) => deploy(command, () => ({kind: 'rollback'})));
  withFlags(
    program.command('exporter').description('serve the metrics of one node, several or all, without a screen'),
    ofExporter,
  ).action((_: unknown, command: Command) => {
    made({kind: 'exporter', options: reading(command, readExporter)});
  });
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
    .option('--verbosity', 'with update of nodes/proxy: to set the verbosity of a running kubelet')
    .option('--pipeline', 'with what leads from a pod to its autoscaler: ktop pipeline')
    .addOption(
      new Option('--daemonset', 'print what runs the exporter on every node, with less than these rights').conflicts([
        'apply',
        'remove',
        'proxy',
        'verbosity',
        'pipeline',
      ]),
    )
    .addOption(new Option('--image <image>', 'of the DaemonSet').default(`ktop:${version}`))
    .action((_: unknown, command: Command) => {
      const change = isGiven(command, 'apply') ? 'apply' : isGiven(command, 'remove') ? 'remove' : 'print';
      // What is only printed depends on no cluster.
      const read = (one: Command) => ({connection: readConnection(one), actions: readActions(one, config)});
      made({
        kind: 'access',
        change,
        proxy: isGiven(command, 'proxy'),
        verbosity: isGiven(command, 'verbosity'),
        pipeline: isGiven(command, 'pipeline'),
        daemonset: isGiven(command, 'daemonset') ? String(command.getOptionValue('image')) : null,
        ...reading(command, read, change === 'print' ? [] : null),
      });
    });
  withFlags(program.command('config').description('print the settings that hold, and where each comes from'), ofConfig)
    .option('--print', 'print them, as a config file (the default)')
    .addOption(new Option('--path', 'print where the config file is, or would be').conflicts('print'))
    .action((_: unknown, command: Command) => {
      if (isGiven(command, 'path')) {
        made({kind: 'text', exitCode: 0, text: `${configPath(env)}\n`});
        return;
      }
      const mistakes = configured(command, ofConfig).map(({message}) => message);
      const settings = settingLines(command, ofConfig, config);
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
  const replay = withFlags(
    program.command('replay <dir>').description('play a recording on the screen, or print it as JSON lines'),
    ofReplay,
  ).addOption(
    new Option(
      '--from <moment>',
      'leave out what came before: a time, +2h after its start, restart or deploy',
    ).argParser(parseSplit),
  );
  acting.set(replay, ofReplay);
  replay.action((dir: string, given: {from?: SplitAt}, command: Command) => {
    const options = {...reading(command, readWatch), metrics: null};
    made({kind: 'replay', dir, from: given.from ?? null, options, keys: wishes});
  });
  withFlags(
    program.command('profile').description("fetch a profile of the kubelet's own process (pprof) into a file"),
    ofConnection,
  )
    .addArgument(new Argument('[kind]', 'what to fetch').choices(profileKinds).default('cpu'))
    .addOption(
      new Option('--seconds <n>', 'how long a CPU profile or a trace takes')
        .default(30)
        .argParser((text) => wholeNumber(text, 1, 600)),
    )
    .option('--file <file>', 'the file to write (default: a new one in this folder)')
    .action((profile: ProfileKind, given: {seconds: number; file?: string}, command: Command) => {
      const connection = reading(command, readConnection);
      made({kind: 'profile', profile, seconds: given.seconds, file: given.file ?? null, connection});
    });
  withFlags(
    program
      .command('pipeline')
      .description(
        "follow a pod's CPU to the autoscaler: how old the number is at each stage, and when it is acted on",
      ),
    ofConnection,
  )
    .requiredOption('-p, --pod <pod>', 'the pod: name, namespace/name, or a workload with one pod on the node')
    .addOption(new Option('-o, --output <format>', 'a table, or JSON').choices(['table', 'json']).default('table'))
    .action((given: {pod: string; output: string}, command: Command) => {
      const connection = reading(command, readConnection);
      made({kind: 'pipeline', pod: given.pod, json: given.output === 'json', connection});
    });
  program
    .command('compare <a> [b]')
    .description('compare two recordings, or two parts of one, and say whether they differ by more than chance')
    .addOption(
      new Option('--at <moment>', 'split one recording: at a time, +10m after its start, restart or deploy').argParser(
        parseSplit,
      ),
    )
    .addOption(new Option('-o, --output <format>').choices(['table', 'markdown', 'json']).default('table'))
    .action(
      (a: string, b: string | undefined, given: {at?: SplitAt; output: CompareRequest['output']}, command: Command) => {
        if (b !== undefined && given.at !== undefined) {
          command.error("error: option '--at' splits one recording: leave out the second, or --at");
        }
        made({kind: 'compare', dirs: b === undefined ? [a] : [a, b], at: given.at ?? null, output: given.output});
      },
    );
  program
    .command('recordings [dirs...]')
    .description('list the recordings in these folders (default: the present one)')
    .option('--check', 'read them whole, and say what is damaged')
    .addOption(new Option('--shrink', 'pack them tightly, in place').conflicts(['check', 'json']))
    .option('--thin', 'with --shrink: leave out answers that repeat the one before')
    .option('--json', 'as JSON')
    .action((dirs: readonly string[], _: unknown, command: Command) => {
      const action = isGiven(command, 'shrink') ? 'shrink' : isGiven(command, 'check') ? 'check' : 'list';
      const thin = isGiven(command, 'thin');
      if (thin && action !== 'shrink') command.error("error: option '--thin' goes with --shrink");
      made({kind: 'recordings', dirs, action, thin, json: isGiven(command, 'json')});
    });
  return program;
}

const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string, before: unknown) => [...stringsOf(before), text]);

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What was asked of the flags; null where they are only shown. */
function flagsRequest(command: Command, timeoutMs: number): FlagsRequest | null {
  if (isGiven(command, 'reset')) return {kind: 'reset', timeoutMs};
  const settings = stringsOf(command.getOptionValue('set')).map((text) => {
    const setting = parseSetting(text);
    return 'problem' in setting
      ? command.error(`error: option '--set ${safeLine(text)}': ${setting.problem}`)
      : setting;
  });
  const removed = stringsOf(command.getOptionValue('unset')).map((name) => name.replace(/^--?/, ''));
  return settings.length + removed.length === 0 ? null : {kind: 'set', settings, removed, timeoutMs};
}

/** Builds are deployed by themselves only where somebody sees it coming and can call it off. */
function refuseWatchedBuild(
  {deploys, output}: WatchOptions,
  {readOnly}: ActionOptions,
  nodes: readonly NodeWish[],
  command: Command,
): void {
  if (deploys.watchBinary === null) return;
  if (nodes.length > 1 || nodes.some(({label}) => isNodePattern(label)))
    command.error('error: --watch-binary goes with one node: of several that are named none would be the first');
  if (readOnly !== null) command.error(`error: --watch-binary changes the node, and ${readOnly} says that nothing may`);
  if (output !== 'tui') command.error('error: --watch-binary wants the screen: its countdown can be called off there');
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidArgumentError(`a whole number from ${least} to ${most} is wanted`);
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
  if (command.registeredArguments.some(({variadic}) => variadic)) return;
  const word = command.args[command.registeredArguments.length];
  if (word === undefined) return;
  if (command.parent === null) {
    const known = command.commands.map((one) => one.name()).join(', ');
    command.error(`error: there is no command '${word}', only ${known}; a node is named so: ktop --node ${word}`);
  }
  refuseWord(command, word);
}

function refuseWord(command: Command, word: string | undefined): void {
  if (word === undefined) return;
  const name = command.name();
  const isOther = command.registeredArguments.some(({variadic}) => !variadic);
  const hint = isOther ? '' : `; a node is named so: ktop ${name} --node ${word}`;
  command.error(`error: '${word}' is one word too many for 'ktop ${name}'${hint}`);
}
