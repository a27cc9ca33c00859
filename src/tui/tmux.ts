import {withoutToken, type Env} from '../nodes/exec/environment.ts';
import {startChild} from '../nodes/exec/child.ts';
import {isAborted} from '../util/is-aborted.ts';
import {sleep} from '../util/sleep.ts';

/** How often tmux is asked by one program of it, and how many times before the next is started. */
interface Pace {
  readonly everyS: number;
  readonly times: number;
}

/** What is on the screen may cost a little longer, but whoever comes back wants to see the present. */
const whileSeen: Pace = {everyS: 10, times: 6};
const whileHidden: Pace = {everyS: 1, times: 60};
/** A tmux before 3.2 cannot wait by itself: it takes a program each time, which costs more than all else that is hidden. */
const byProgramsMs = 2000;
/** How much longer than it should an answer may take. */
const patienceMs = 2000;

const question = '#{window_active} #{window_zoomed_flag} #{pane_active}';

/**
 * Inside tmux: tells whether anybody can see this pane, whenever that changes, until the signal aborts. It is hidden
 * while another window is shown, or another pane is zoomed. A session to which nobody is attached is read by scripts
 * (`tmux capture-pane`), which would take an old picture for the present one: it goes by the same rule. Where tmux does
 * not answer it counts as visible. Outside tmux this ends at once.
 */
export async function watchVisibility(env: Env, told: (visible: boolean) => void, signal: AbortSignal): Promise<void> {
  const {TMUX: server = '', TMUX_PANE: pane = ''} = env;
  if (server === '' || pane === '') return;
  let visible = true;
  let waits = true;
  while (!signal.aborted) {
    const pace = visible ? whileSeen : whileHidden;
    if (!waits) await sleep(visible ? pace.everyS * 1000 : byProgramsMs, signal);
    const askedAt = performance.now();
    const answer = await firstOther(waits ? waiting(pane, pace) : asking(pane), {env, signal, visible, pace});
    if (isAborted(signal)) return;
    if (answer === 'none' && performance.now() - askedAt < pace.everyS * 1000) waits = false;
    const now: boolean = answer === 'none' ? true : answer === 'same' ? visible : !visible;
    if (now !== visible) told(now);
    visible = now;
  }
}

/** Whether the pane of this answer can be seen. */
export function isSeen(answer: string): boolean {
  const [shown, zoomed, active] = answer.trim().split(' ');
  if (active === undefined) return true;
  return shown === '1' && (zoomed === '0' || active === '1');
}

const asking = (pane: string): readonly string[] => ['display-message', '-p', '-t', pane, question];

/** Asks so often, and lets the server wait in between: `run-shell` without a command does nothing else. */
function waiting(pane: string, {everyS, times}: Pace): readonly string[] {
  const once = ['run-shell', '-d', String(everyS), ';', ...asking(pane), ';'];
  return Array.from({length: times}, () => once).flat();
}

interface Looking {
  readonly env: Env;
  readonly signal: AbortSignal;
  /** What was the case until now. */
  readonly visible: boolean;
  readonly pace: Pace;
}

/**
 * Waits for an answer that differs from what was the case: `other`; `same` where none came until the end, `none` where
 * tmux fails or says nothing in time. A program that has told goes on to its end, a minute at most: a tmux client that is
 * killed while it waits leaves what it had to do behind in the server.
 */
async function firstOther(
  args: readonly string[],
  {env, signal, visible, pace}: Looking,
): Promise<'other' | 'same' | 'none'> {
  const child = await startChild('tmux', args, {env: withoutToken(env), stdin: 'ignore'});
  return new Promise((resolve) => {
    let text = '';
    let answers = 0;
    const silent = (): void => {
      child.kill();
      resolve('none');
    };
    const timer = setTimeout(silent, pace.everyS * 1000 + patienceMs);
    signal.addEventListener('abort', silent, {once: true});
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      timer.refresh();
      const lines = (text + piece).split('\n');
      text = lines.pop() ?? '';
      answers += lines.length;
      if (lines.some((line) => isSeen(line) !== visible)) resolve('other');
    });
    void child.ended.then(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', silent);
      resolve(answers === 0 ? 'none' : 'same');
    });
  });
}
