import type {Request} from './cli/arguments.ts';
import {splitMoment} from './cli/split-moment.ts';
import {describeFailure, toFailure} from './model/failure.ts';
import {complain, missingTerminal} from './terminal/print.ts';

type ReplayRequest = Extract<Request, {readonly kind: 'replay'}>;

/** Plays a recording on the screen, or prints it as JSON lines. Resolves with the exit code. */
export async function runReplay({dir, from, options, keys}: ReplayRequest): Promise<number> {
  const isScreen = options.output === 'tui';
  const lacking = isScreen ? whyNoScreen() : null;
  if (lacking !== null) {
    complain(`${lacking}; for scripts use: ktop replay ${dir} --output jsonl`);
    return 2;
  }
  try {
    const fromMs = from === null ? null : await splitMoment(dir, from);
    if (!isScreen) return await (await import('./jsonl/replay-lines.ts')).replayLines(dir, fromMs);
    const [{usersKeymap}, {Terminal}, {startPlayer}, {openRecording}] = await Promise.all([
      import('./tui/users-keymap.ts'),
      import('./tui/terminal.ts'),
      import('./tui/start-player.tsx'),
      import('./session/player/open-recording.ts'),
    ]);
    const keymap = usersKeymap(keys);
    if (keymap === null) return 2;
    const recording = await openRecording(dir, fromMs);
    const terminal = await Terminal.open(options, process.env);
    return await startPlayer(options, {keymap, terminal, recording});
  } catch (error) {
    complain(describeFailure(toFailure(error, `replay ${dir}`)));
    return 2;
  }
}

/** Why no screen can be shown; null where it can. */
function whyNoScreen(): string | null {
  return missingTerminal() ?? (process.env.TERM === 'dumb' ? 'TERM=dumb draws no screen' : null);
}
