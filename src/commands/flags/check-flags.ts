import {flagWord, type FlagSetting} from '../../model/flags/drop-in.ts';
import type {NodeShell} from '../../nodes/node.ts';

/** What the kubelet's program itself says of flags. */
export type FlagCheck =
  | {readonly kind: 'taken'}
  /** Its own words: untrusted. */
  | {readonly kind: 'refused'; readonly problem: string}
  | {readonly kind: 'unknown'; readonly why: string};

/**
 * Asks the program that the unit starts. With `--version` behind them it reads all flags first, refuses those that it
 * does not know or cannot read (`unknown flag: --x`, `invalid argument "5" for "--y" flag`), and otherwise prints its
 * version and ends (`cmd/kubelet/app/server.go`, v1.20 tried; newer ones the same). Nothing is asked of a program that
 * does not call itself Kubernetes when it is asked for its version alone: it might start. `timeout` ends it in any case.
 */
const script = `
: ktop-flags-check
p=$1; shift
t=; command -v timeout >/dev/null 2>&1 && t='timeout 10'
case $($t "$p" --version=true 2>/dev/null </dev/null | head -n 1) in Kubernetes*) ;; *) exit 99 ;; esac
$t "$p" "$@" --version=true </dev/null >/dev/null
`.trim();

/** Whether the kubelet would take the flags, as far as it says so without being started. Never rejects. */
export async function checkByProgram(
  shell: NodeShell,
  program: string | null,
  settings: readonly FlagSetting[],
  signal: AbortSignal,
): Promise<FlagCheck> {
  if (program?.startsWith('/') !== true) return {kind: 'unknown', why: 'the program of the unit is not known'};
  try {
    const argv = ['sh', '-c', script, 'ktop-flags-check', program, ...settings.map(flagWord)];
    const {exitCode, stderr} = await shell.run(argv, {signal, timeoutMs: 25_000});
    if (exitCode === 0) return {kind: 'taken'};
    if (exitCode === 99) return {kind: 'unknown', why: `${program} does not tell a version of Kubernetes`};
    if (exitCode === 124) return {kind: 'unknown', why: `${program} did not end when it was asked`};
    return {kind: 'refused', problem: refusalIn(stderr) ?? `exit code ${exitCode}`};
  } catch (error) {
    return {kind: 'unknown', why: error instanceof Error ? error.message : String(error)};
  }
}

/** The sentence that tells, among pages of usage and stacks of goroutines. */
export function refusalIn(stderr: string): string | null {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.find((line) =>
    /unknown (?:shorthand )?flag|invalid argument|failed to parse kubelet flag/.test(line),
  );
  const found =
    telling ?? lines.find((line) => /^[FE]\d{4} |^Error:/.test(line)) ?? lines.findLast((line) => line !== '');
  return (
    found?.replace(/^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] (?:"command failed" err=)?|^Error: /, '').slice(0, 300) ?? null
  );
}
