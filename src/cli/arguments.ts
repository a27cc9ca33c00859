import {Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import {ConfigError, type ConfigFile, configValues} from './config-file.ts';
import type {CommandName} from '../model/event.ts';
import {compilePattern} from '../model/journal/pattern.ts';
import {compileTickPattern} from '../model/journal/tick-pattern.ts';
import {parsePodQuery, type PodQuery} from '../model/selection/pod-query.ts';
import {
  Flags,
  providers,
  connectionOptions,
  routes,
  severities,
  watchOptions,
  type ConnectionOptions,
  type WatchOptions,
} from '../session/options.ts';

/** What the user asked for, validated; the composition root turns it into a running program. */
export type Request =
  | {readonly kind: 'watch'; readonly options: WatchOptions}
  | {
      readonly kind: 'command';
      readonly command: CommandName;
      readonly yes: boolean;
      readonly connection: ConnectionOptions;
    }
  | {readonly kind: 'nodes'; readonly json: boolean; readonly connection: ConnectionOptions}
  | {
      readonly kind: 'access';
      readonly change: 'print' | 'apply' | 'remove';
      readonly proxy: boolean;
      readonly connection: ConnectionOptions;
    }
  | {readonly kind: 'replay'; readonly dir: string}
  /** Nothing to run: help, version, or a mistake. */
  | {readonly kind: 'text'; readonly exitCode: number; readonly text: string};

export const version = '0.1.0';

/** Where values come from besides the flags. Flags win over the environment, that wins over the config file. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: ConfigFile | null;
}

/** Reads what the user asked for. Mistakes come back as text with exit code 2, never as an exception. */
export function parseArguments(argv: readonly string[], surroundings: Surroundings): Request {
  let output = '';
  const requests: Request[] = [];
  const program = buildProgram((request) => requests.push(request), surroundings.env);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (output += text),
      writeErr: (text) => (output += text),
    });
  }
  try {
    for (const command of [program, ...program.commands]) applyConfig(command, surroundings.config);
    program.parse(argv, {from: 'user'});
  } catch (error) {
    if (error instanceof ConfigError) return {kind: 'text', exitCode: 2, text: `ktop: ${error.message}\n`};
    if (!(error instanceof CommanderError)) throw error;
    const asked = error.exitCode === 0;
    return {kind: 'text', exitCode: asked ? 0 : 2, text: asked ? output : `${output.trimEnd()}\ntry: ktop --help\n`};
  }
  return requests.at(-1) ?? {kind: 'text', exitCode: 2, text: program.helpInformation()};
}

/** The command line as commander knows it; `made` receives what was asked for. */
export function buildProgram(made: (request: Request) => unknown, env: Surroundings['env']): Command {
  const program: Command = new Command('ktop')
    .description("Watch one node's kubelet: its journal, the CPU it reports, and the next cAdvisor housekeeping tick.")
    .version(`ktop (kubelet) ${version}`, '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .allowExcessArguments()
    .hook('preSubcommand', (_, command) => refuseMisplaced(program, command.name()))
    .hook('preAction', (_, command) => refuseUnusable(command));
  watchFlags(connectionFlags(program, env)).action((flags: unknown) => {
    made({kind: 'watch', options: watchOptions(flags)});
  });
  for (const [name, what] of [
    ['restart', 'restart the kubelet and measure the downtime'],
    ['clear', "clear the node's journal, of all units"],
  ] as const) {
    connectionFlags(program.command(name).description(what), env)
      .option('-y, --yes', 'do not ask')
      .action((flags: unknown) => {
        made({kind: 'command', command: name, yes: new Flags(flags).is('yes'), connection: connectionOptions(flags)});
      });
  }
  connectionFlags(
    program.command('nodes').description('list every node that can be seen, and how it would be reached'),
    env,
  )
    .option('--json', 'as JSON')
    .action((flags: unknown) => {
      made({kind: 'nodes', json: new Flags(flags).is('json'), connection: connectionOptions(flags)});
    });
  connectionFlags(program.command('access').description('print the least rights that ktop needs, as a manifest'), env)
    .option('--apply', 'apply it to the cluster')
    .addOption(new Option('--remove', 'take it away again').conflicts('apply'))
    .option('--proxy', 'with nodes/proxy, which also allows exec: only for kubelets older than 1.32 and the pod list')
    .action((flags: unknown) => {
      const given = new Flags(flags);
      const change = given.is('apply') ? 'apply' : given.is('remove') ? 'remove' : 'print';
      made({kind: 'access', change, proxy: given.is('proxy'), connection: connectionOptions(flags)});
    });
  program
    .command('replay <dir>')
    .description('replay a recording as fast as it can, as JSON lines')
    .addOption(new Option('-o, --output <format>').choices(['jsonl']).default('jsonl'))
    .action((dir: string) => {
      made({kind: 'replay', dir});
    });
  return program;
}

/** A flag in front of the command's name would be the screen's, not the command's: never restart another node by that. */
function refuseMisplaced(program: Command, name: string): void {
  const misplaced = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  if (misplaced !== undefined) {
    program.error(`error: options go behind the command: ktop ${name} ${misplaced.flags} …`);
  }
}

/** What no single flag shows: an unknown command, an empty value (`--node "$UNSET"`), a node beside the demo. */
function refuseUnusable(command: Command): void {
  const typed = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const [unknown] = command.parent === null ? command.args : [];
  if (unknown !== undefined) {
    const known = command.commands.map((one) => one.name()).join(', ');
    command.error(`error: there is no command '${unknown}', only ${known}; a node is named so: ktop --node ${unknown}`);
  }
  const empty = typed.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty !== undefined) command.error(`error: option '${empty.flags}' wants a value, and the one given is empty`);
  const [demo, node] = ['--demo', '--node'].map((long) => typed.some((option) => option.long === long));
  if (demo === true && node === true) {
    command.error('error: --demo has a node of its own: leave out --demo or --node');
  }
}

/** The flags that find and reach a node, common to all commands. */
function connectionFlags(command: Command, env: Surroundings['env']): Command {
  const demo = new Option('--demo', 'watch a simulated node: needs no cluster').implies({via: 'demo'});
  if (env.KTOP_DEMO === '1') command.setOptionValueWithSource('demoByDefault', true, 'env');
  return command
    .addOption(new Option('-n, --node <name>', 'the node to watch').env('KTOP_NODE'))
    .addOption(demo)
    .addOption(new Option('--via <provider>', 'how to run commands on the node').choices(providers))
    .option('--ssh <[user@]host[:port]>', 'reach the node by ssh at this address')
    .addOption(new Option('--route <route>', 'how to reach its HTTPS').choices(routes))
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(new Option('--token-file <file>', 'bearer token for the kubelet').env('KTOP_TOKEN_FILE'))
    .option('--token-secret <namespace/name>', 'secret that holds a long-lived token')
    .option('--ca-file <file>', "CA that signed the kubelet's serving certificate (default: pinned to the node's own)")
    .option('--address <address[:port]>', 'of the kubelet, where the one that was found cannot be reached')
    .option('--insecure', "do not verify the kubelet's serving certificate")
    .option('--unit <unit>', "systemd unit to follow, the first is the kubelet's (default: kubelet)", gather);
}

function watchFlags(command: Command): Command {
  return command
    .option(
      '-p, --pod <pod>',
      'pod to watch: name, namespace/name, glob or workload; @node, @kubelet; repeatable',
      gatherPods,
    )
    .option('--container <name>', 'only containers of this name or glob', gatherContainers)
    .option('-l, --selector <labels>', 'pods with these labels', labelSelector)
    .option('--top <n>', 'watch the n busiest pods', wholeNumber(1))
    .option('--grep <pattern>', 'show only lines that match this regular expression', regularExpression)
    .option('--exclude <pattern>', 'hide lines that match; repeatable', gatherExpressions)
    .addOption(new Option('--severity <floor>', 'hide lines below this severity').choices(severities))
    .option('-C, --context-lines <n>', 'lines around each match', wholeNumber(0))
    .option('--since <time>', 'start this far back (journalctl --since)')
    .option('--boot <id>', 'of this boot (journalctl --boot)')
    .option('--source-grep <pattern>', 'let the node filter (journalctl --grep): for slow links')
    .option('--scrollback <lines>', 'lines kept (default: 50000)', wholeNumber(100))
    .option('--tick-pattern <pattern>', 'regular expression with groups container, interval, next', tickPattern)
    .option('--no-fold', 'show repeated lines one by one')
    .addOption(
      new Option('-o, --output <format>', 'screen, or JSON lines for scripts').choices(['tui', 'jsonl']).default('tui'),
    )
    .option('--record <dir>', 'keep what the node says, for replay')
    .addOption(new Option('--theme <name>', 'colours').choices(['default', 'light', 'mono']))
    .option('--for <duration>', 'end after this long (30s, 5m)', durationMs);
}

/** Gives a command the values of the config file that fit its flags; a key that no flag has is a mistake. */
function applyConfig(command: Command, config: ConfigFile | null): void {
  if (config === null) return;
  const known = command.parent === null;
  for (const {key, value} of configValues(config)) {
    const option = command.options.find(
      (candidate) => candidate.long === `--${key}` || candidate.long === `--no-${key}`,
    );
    if (option === undefined) {
      if (known) throw new ConfigError(config, `"${key}" is not an option of ktop`);
      continue;
    }
    command.setOptionValueWithSource(option.attributeName(), parsed(option, value, config), 'config');
  }
}

function parsed(option: Option, value: unknown, config: ConfigFile): unknown {
  const values = Array.isArray(value) ? value : [value];
  let result: unknown = value;
  let before: unknown;
  for (const item of values) {
    if (typeof item === 'boolean') return item;
    if (typeof item !== 'string' && typeof item !== 'number') {
      throw new ConfigError(config, `"${option.long ?? ''}" wants text, a number, or a list of these`);
    }
    if (option.argChoices !== undefined && !option.argChoices.includes(String(item))) {
      throw new ConfigError(config, `"${String(item)}" is not one of ${option.argChoices.join(', ')}`);
    }
    try {
      before = option.parseArg === undefined ? String(item) : option.parseArg(String(item), before);
    } catch (error) {
      throw new ConfigError(config, `"${option.long ?? ''}": ${error instanceof Error ? error.message : 'unusable'}`);
    }
    result = before;
  }
  if (Array.isArray(result)) fromConfig.add(result);
  return result;
}

/** Lists that came from the config file: the first flag on the command line replaces them, it does not add. */
const fromConfig = new WeakSet();

function gather(value: string, before: unknown): readonly string[] {
  if (!Array.isArray(before) || fromConfig.has(before)) return [value];
  return [...before.filter((item) => typeof item === 'string'), value];
}

function gatherExpressions(value: string, before: unknown): readonly string[] {
  return gather(regularExpression(value), before);
}

function gatherPods(value: string, before: unknown): readonly string[] {
  checkPodQuery({pods: [value]});
  return gather(value, before);
}

function gatherContainers(value: string, before: unknown): readonly string[] {
  checkPodQuery({containers: [value]});
  return gather(value, before);
}

function labelSelector(value: string): string {
  checkPodQuery({labels: value});
  return value;
}

function checkPodQuery(part: Partial<PodQuery>): void {
  const answer = parsePodQuery({pods: [], labels: null, containers: [], top: null, ...part});
  if ('problem' in answer) throw new InvalidArgumentError(`${answer.problem}, for example ${answer.next ?? ''}`);
}

function regularExpression(value: string): string {
  const compiled = compilePattern(value);
  if (!compiled.ok) throw new InvalidArgumentError(compiled.problem);
  return value;
}

function tickPattern(value: string): string {
  const compiled = compileTickPattern(value);
  if (!compiled.ok) throw new InvalidArgumentError(compiled.problem);
  return value;
}

function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`a whole number from ${least} is wanted`);
    return number;
  };
}

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000};

function durationMs(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
  const size = unitMs[match?.[2] ?? ''];
  if (match === null || size === undefined) throw new InvalidArgumentError('a duration such as 30s or 5m is wanted');
  return Number(match[1]) * size;
}
