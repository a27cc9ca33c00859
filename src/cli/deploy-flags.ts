import {InvalidArgumentError, type Command} from 'commander';
import type {DeployOptions} from '../commands/deploy/plan.ts';
import {goDurationMs} from '../util/go-duration.ts';
import type {ScreenDeploys} from '../session/options.ts';
import {Flag} from './flag.ts';

/** What is said of kubelets that are put on the node. */
export const deployFlags = {
  timeout: Flag.of(
    '--deploy-timeout <duration>',
    'how long a kubelet may take to be healthy with a new binary or new flags',
    timeoutMs,
  ).shows('30s'),
  binary: Flag.text('--binary <file>', 'the kubelet that the key for a deploy takes, without asking which'),
  watchBinary: Flag.text('--watch-binary <file>', 'put it on the node by itself whenever a build has written it'),
} as const;

/** What `ktop deploy` or `ktop rollback` was asked for. */
export interface DeployWish {
  readonly what:
    | {readonly kind: 'file'; readonly file: string}
    | {readonly kind: 'finish'}
    | {readonly kind: 'list'}
    | {readonly kind: 'rollback'};
  readonly options: DeployOptions;
}

const usualMs = 30_000;

/** How a deploy is to be done. Throws an `UnusableValue`. */
export function readDeploy(command: Command): DeployOptions {
  return {clear: command.getOptionValue('clear') === true, timeoutMs: readTimeoutMs(command)};
}

/** How long a kubelet may take to be healthy with other flags. Throws an `UnusableValue`. */
export const readTimeoutMs = (command: Command): number => deployFlags.timeout.read(command) ?? usualMs;

/** The same for the screen. Throws an `UnusableValue`. */
export function readScreenDeploys(command: Command): ScreenDeploys {
  const {binary, watchBinary} = deployFlags;
  return {options: readDeploy(command), binary: binary.read(command), watchBinary: watchBinary.read(command)};
}

function timeoutMs(text: string): number {
  const ms = goDurationMs(text.trim());
  if (ms === null || ms < 1000 || ms > 3_600_000) {
    throw new InvalidArgumentError('a duration from 1s to 1h is wanted, such as 30s or 2m');
  }
  return ms;
}
