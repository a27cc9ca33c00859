import {Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import type {CommandName} from './model/event.ts';

/** What the user asked for, validated; the composition root turns it into a running program. */
export type Request =
  | {readonly kind: 'watch'; readonly options: WatchOptions}
  | {readonly kind: 'command'; readonly command: CommandName; readonly yes: boolean; readonly options: WatchOptions}
  /** Nothing to run: help, version, or a mistake; `text` is for the given stream. */
  | {readonly kind: 'said'; readonly exitCode: number; readonly text: string};

export interface WatchOptions {
  readonly node: string | null;
  readonly demo: boolean;
  readonly pods: readonly string[];
  readonly grep: string | null;
  readonly unit: string;
  readonly output: 'tui' | 'jsonl';
}

const version = '0.1.0';

/** Where the defaults of flags come from besides the flags themselves. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads flags over environment over defaults. Mistakes come back as text with exit code 2, never as an exception. */
export function parseArguments(argv: readonly string[], environment: Environment): Request {
  let said = '';
  const program = new Command('ktop')
    .description("Watch one node's kubelet: its journal, the CPU it reports, and the next cAdvisor housekeeping tick.")
    .version(`ktop (kubelet) ${version}`, '-V, --version')
    .exitOverride()
    .configureOutput({writeOut: (text) => (said += text), writeErr: (text) => (said += text)});
  let request: Request = {kind: 'said', exitCode: 2, text: program.helpInformation()};
  nodeOptions(program)
    .option('-p, --pod <pod>', 'pod to watch: a name, namespace/name or glob; repeatable', gather, [])
    .option('--grep <pattern>', 'show only journal lines that match this regular expression', regularExpression)
    .addOption(
      new Option('-o, --output <face>', 'screen, or JSON lines for scripts').choices(['tui', 'jsonl']).default('tui'),
    )
    .action((flags: unknown) => {
      request = {kind: 'watch', options: watchOptions(record(flags), environment)};
    });
  for (const [name, what] of [
    ['restart', 'restart the kubelet and measure the downtime'],
    ['clear', "clear the node's journal (all units)"],
  ] as const) {
    nodeOptions(program.command(name).description(what))
      .option('-y, --yes', 'do not ask')
      .action((flags: unknown) => {
        const given = record(flags);
        request = {
          kind: 'command',
          command: name,
          yes: given.yes === true,
          options: watchOptions(given, environment),
        };
      });
  }
  try {
    program.parse(argv, {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    return {kind: 'said', exitCode: asked ? 0 : 2, text: said};
  }
  return request;
}

/** The options that find a node, common to all commands. */
function nodeOptions(command: Command): Command {
  return command
    .option('-n, --node <name>', 'the node to watch')
    .option('--unit <unit>', 'systemd unit of the kubelet', 'kubelet')
    .option('--demo', 'watch a simulated node: needs no cluster');
}

function watchOptions(flags: Readonly<Record<string, unknown>>, {env}: Environment): WatchOptions {
  const node = text(flags.node) ?? env.KTOP_NODE ?? null;
  return {
    node,
    demo: flags.demo === true || (node === null && env.KTOP_DEMO === '1'),
    pods: texts(flags.pod),
    grep: text(flags.grep),
    unit: text(flags.unit) ?? 'kubelet',
    output: flags.output === 'jsonl' ? 'jsonl' : 'tui',
  };
}

function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function regularExpression(value: string): string {
  try {
    new RegExp(value, 'u');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'not a regular expression');
  }
  return value;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
