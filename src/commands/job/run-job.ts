import {FailureError} from '../../model/failure.ts';
import {readJobLine, type JobLine} from '../../model/job-log.ts';
import {sleep} from '../../util/sleep.ts';
import {lastLine} from '../../util/last-line.ts';
import type {Follow} from '../../nodes/node.ts';
import type {CommandContext} from '../command.ts';
import {followScript, startScript} from './job-script.ts';

/** What can be said of a job before all is known of it. */
export interface JobPlace {
  /** On the node: its files and its log. */
  readonly folder: string;
  /** The transient unit that it runs as. */
  readonly unit: string;
  /** Which of the files is run. */
  readonly script: string;
  readonly args: readonly string[];
}

/** A script that changes the node by itself, whatever becomes of us. */
export interface Job extends JobPlace {
  /** What it does, for messages: `deploy`. */
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** When it has surely ended. */
  readonly mostMs: number;
}

/** How long a connection that broke is tried again: the node finishes meanwhile, whoever looks. */
const lostMs = 60_000;
const lookAgainMs = 1000;
/** The node says each second (each ten, where it cannot sleep for less) that it is there. */
const silentMs = 25_000;

/** The command that starts a job, once it is given its files. Until then nothing is changed on the node. */
export class JobStarter {
  readonly follow: Follow;
  #isLost = false;

  constructor({shell, signal}: Pick<CommandContext, 'shell' | 'signal'>, {folder, unit, script, args}: JobPlace) {
    const argv = ['sh', '-c', startScript, 'ktop-job-start', folder, unit, script, ...args];
    this.follow = shell.follow(argv, {signal, live: true});
    const lost = (): void => void (this.#isLost = true);
    this.follow.ended.then(lost, lost);
  }

  /** Whether the command has ended; what is given to it then comes to nothing. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Has the job started. Its log comes as standard output of `follow`. */
  give(files: Job['files']): void {
    const texts = Object.entries(files).map(([name, text]) => `${name} ${Buffer.byteLength(text)}\n${text}`);
    this.follow.write?.(`${texts.join('')}\n`);
  }

  /** Says a word (letters, digits, `-`) to the job: it finds an empty file of this name in its folder. */
  say(word: string): void {
    this.follow.write?.(`${word}\n`);
  }
}

/**
 * Starts a job and tells its log as it grows, until its end (the word `end`), or until it is gone without one: then
 * somebody has killed it, or we were called off. Cuts of the connection are lived through for a minute. Rejects where it
 * could not be started, or where nobody answers any more. `ready` is its starter, where that was made before.
 */
export async function* runJob(
  context: CommandContext,
  job: Job,
  ready: JobStarter = new JobStarter(context, job),
): AsyncGenerator<JobLine> {
  const {shell, signal, now} = context;
  const deadline = now() + job.mostMs;
  ready.give(job.files);
  const seen = {isStarted: false, isOver: false, lines: 0, answeredAt: now()};
  for (let overs = 0; overs < 3 && now() < deadline;) {
    seen.isOver = false;
    const follow = seen.isStarted
      ? shell.follow(['sh', '-c', followScript, 'ktop-job-follow', job.folder, String(seen.lines + 1)], {signal})
      : ready.follow;
    try {
      for await (const line of linesOf(follow)) {
        seen.answeredAt = now();
        if (line === 'started') seen.isStarted = true;
        else if (line === 'over') seen.isOver = true;
        else if (line !== '') {
          seen.lines += 1;
          const said = readJobLine(line);
          if (said === null) continue;
          yield said;
          if (said.word === 'end') return;
        }
      }
    } finally {
      // Nobody waits for it: it ends by itself when its input does.
      follow.stop().catch(() => undefined);
    }
    if (signal.aborted) return;
    const {exitCode, stderr} = await follow.ended;
    if (!seen.isStarted) throw notStarted(job, exitCode, stderr);
    if (!seen.isOver && now() - seen.answeredAt > lostMs) {
      throw new FailureError({tried: `follow the ${job.title} on the node`, problem: lastLine(stderr), next: null});
    }
    // It may not have begun by the first look.
    overs = seen.isOver ? overs + 1 : 0;
    await sleep(lookAgainMs, signal);
  }
}

function notStarted({title}: Job, exitCode: number | null, stderr: string): FailureError {
  const said = lastLine(stderr);
  const unsaid = exitCode === null ? 'the connection was lost' : `exit code ${exitCode}`;
  const problem = exitCode === 75 ? 'another job of ktop is under way there' : said === '' ? unsaid : said;
  return new FailureError({tried: `begin the ${title} on the node`, problem, next: null});
}

/** The lines of a command that says something at least every second; silence for long is its end. */
async function* linesOf(follow: Follow): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const timer = setTimeout(() => void follow.stop().catch(() => undefined), silentMs);
  try {
    for await (const chunk of follow.stdout) {
      timer.refresh();
      const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    clearTimeout(timer);
  }
}
