import type {CommandStep} from '../model/event.ts';
import {toFailure} from '../model/failure.ts';
import {nodeMs, type NodeMs} from '../model/time.ts';
import type {CommandResult} from '../nodes/node.ts';
import {sleep} from '../util/sleep.ts';
import {typedOn, type Command, type CommandContext} from './command.ts';
import {journalEnd} from './last-words.ts';

const rotateArgv: readonly string[] = ['journalctl', '--rotate'];
const vacuumArgv: readonly string[] = ['journalctl', '--vacuum-time=1s'];

/** Clears the node's journal: moves the current files to the archive, then removes the archive. */
export const clear: Command<'clear'> = {
  name: 'clear',
  key: 'c',
  what: "clear the node's journal (asks first)",
  summary: "clear the node's journal, of all units",
  question: (node) => ({
    text: `Clear the journal of ${node.name}?`,
    commands: [rotateArgv, vacuumArgv].map((argv) => typedOn(node, argv)),
    // journald can only remove whole archived files, and these hold all units.
    warning: 'Removes the archived journal of ALL units of the node.',
  }),
  run: clearJournal,
};

const changeMs = 60_000;
const lookMs = 10_000;
/** `--vacuum-time=1s` spares a file whose first entry is younger: one that was begun just now is tried once more. */
const secondTryMs = 1200;

/**
 * Clears the journal and looks at what is left before it says so: journalctl exits with 0 also where it may not remove
 * a file (a read-only file system), and where it removed none.
 */
async function* clearJournal(context: CommandContext): AsyncGenerator<CommandStep> {
  yield {kind: 'started', line: [rotateArgv, vacuumArgv].map((argv) => typedOn(context, argv)).join(' && ')};
  const before = await journalEnd(context.shell, null, {signal: context.signal, timeoutMs: lookMs});
  try {
    const rotated = await change(context, rotateArgv);
    const problem = complaintsOf(rotated)[0];
    if (rotated.exitCode !== 0) {
      yield failed(context, rotateArgv, problem ?? (textOf(rotated) || `exit code ${rotated.exitCode}`));
      return;
    }
    for (let attempt = 1; ; attempt += 1) {
      const vacuumed = await change(context, vacuumArgv);
      if (vacuumed.exitCode !== 0) {
        yield failed(context, vacuumArgv, textOf(vacuumed) || `exit code ${vacuumed.exitCode}`);
        return;
      }
      const freed = freedBy(vacuumed);
      const [complaint] = [...complaintsOf(vacuumed), ...complaintsOf(rotated)];
      const left = await lookAtRest(context, before?.cursor ?? null);
      if (complaint !== undefined) {
        const others = freed === null ? '' : ` (freed ${freed} of other files)`;
        yield failed(context, vacuumArgv, `not all of the journal was removed: ${complaint}${others}`);
        return;
      }
      if (left.kind === 'gone' || (left.kind === 'unknown' && freed !== null)) {
        const line = `journal cleared${freed === null ? '' : `, freed ${freed}`}`;
        yield {kind: 'done', line, ...(left.kind === 'gone' && left.keptSince !== null && {keptSince: left.keptSince})};
        return;
      }
      if (before !== null && before.cursor === null) {
        yield {kind: 'done', line: 'the journal was empty'};
        return;
      }
      if (attempt === 2 || left.kind === 'unknown') {
        const removed = freed ?? 'nothing';
        const still = left.kind === 'there' ? ': the entries from before are still there' : '';
        yield failed(context, vacuumArgv, `journalctl removed ${removed}${still}`);
        return;
      }
      yield {kind: 'progress', line: 'the journal is younger than a second, once more'};
      await sleep(secondTryMs, context.signal);
    }
  } catch (error) {
    yield {kind: 'failed', failure: toFailure(error, typedOn(context, vacuumArgv))};
  }
}

function failed(context: CommandContext, argv: readonly string[], problem: string): CommandStep {
  const next = typedOn(context, ['journalctl', '--disk-usage']);
  return {kind: 'failed', failure: {tried: typedOn(context, argv), problem, next}};
}

function change({shell, signal}: CommandContext, argv: readonly string[]): Promise<CommandResult> {
  return shell.run(argv, {timeoutMs: changeMs, signal});
}

const textOf = ({stderr, stdout}: CommandResult): string => (stderr + stdout).trim();

/**
 * What journalctl could not do, in its own words: `Failed to delete archived journal /var/log/…: Read-only file system`.
 * A file that is busy or gone already (`No such file or directory`) was removed by somebody else.
 */
function complaintsOf(result: CommandResult): readonly string[] {
  return textOf(result)
    .split('\n')
    .filter(
      (line) => /\bfailed to\b|permission denied|read-only file system/i.test(line) && !line.includes('No such file'),
    )
    .map((line) => line.trim());
}

/** Reads journalctl's own `Vacuuming done, freed 8.0M of archived journals from …`, one line a directory; null for nothing. */
function freedBy(result: CommandResult): string | null {
  const sizes = [...textOf(result).matchAll(/freed ([\d.]+[BKMGT]?) of/g)].map((match) => match[1] ?? '0B');
  const notable = sizes.filter((size) => !/^0(?:\.0)?[BKMGT]?$/.test(size));
  return notable.length === 0 ? null : notable.join(' and ');
}

type Rest =
  /** The entry is gone, and with it all that was archived before; `keptSince` is when the oldest one left was written. */
  {readonly kind: 'gone'; readonly keptSince: NodeMs | null} | {readonly kind: 'there'} | {readonly kind: 'unknown'};

/** Looks whether the entry that was the newest before the clearing is still there, and what follows it. */
async function lookAtRest({shell, signal}: CommandContext, newest: string | null): Promise<Rest> {
  if (newest === null) return {kind: 'unknown'};
  const argv = ['journalctl', '--lines=1', `--cursor=${newest}`, '--output=export', '--output-fields=MESSAGE'];
  try {
    const {exitCode, stdout} = await shell.run([...argv, '--no-pager', '--quiet'], {timeoutMs: lookMs, signal});
    const cursor = /^__CURSOR=(.+)$/m.exec(stdout)?.[1];
    if (exitCode !== 0) return {kind: 'unknown'};
    if (cursor === newest) return {kind: 'there'};
    const micros = /^__REALTIME_TIMESTAMP=(\d+)$/m.exec(stdout)?.[1];
    return {kind: 'gone', keptSince: micros === undefined ? null : nodeMs(Number(micros) / 1000)};
  } catch {
    return {kind: 'unknown'};
  }
}
