import {spawn} from 'node:child_process';
import {withoutToken, type Env} from '../nodes/exec/environment.ts';
import {sleep} from '../util/sleep.ts';

/** A process each time: what is on the screen may cost one a little later, whoever comes back wants to see the present. */
const visibleMs = 10_000;
const hiddenMs = 2000;

const question = '#{session_attached} #{window_active} #{window_zoomed_flag} #{pane_active}';

/**
 * Inside tmux: tells whether anybody can see this pane, whenever that changes, until the signal aborts. It is hidden
 * while nobody is attached, another window is shown, or another pane is zoomed. Where tmux does not answer it counts as
 * visible. Outside tmux this ends at once.
 */
export async function watchVisibility(env: Env, told: (visible: boolean) => void, signal: AbortSignal): Promise<void> {
  const {TMUX: server = '', TMUX_PANE: pane = ''} = env;
  if (server === '' || pane === '') return;
  let visible = true;
  for (;;) {
    await sleep(visible ? visibleMs : hiddenMs, signal);
    if (signal.aborted) return;
    const now = isSeen(await answerOf(['display-message', '-p', '-t', pane, question], env, signal));
    if (now !== visible) told(now);
    visible = now;
  }
}

/** Whether the pane of this answer can be seen. */
export function isSeen(answer: string): boolean {
  const [attached, shown, zoomed, active] = answer.trim().split(' ');
  if (active === undefined) return true;
  return attached !== '0' && shown === '1' && (zoomed === '0' || active === '1');
}

/** What tmux prints; empty where it fails, or takes too long. */
function answerOf(args: readonly string[], env: Env, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const tmux = spawn('tmux', args, {
      env: withoutToken(env),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2000,
      signal,
    });
    let text = '';
    tmux.on('error', () => resolve(''));
    tmux.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    tmux.on('close', () => resolve(text));
  });
}
