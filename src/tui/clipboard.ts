import {spawn} from 'node:child_process';
import {withoutToken, type Env} from '../nodes/exec/environment.ts';

/** Terminals take a sequence of about this length; more would be cut or ignored. */
const mostBytes = 74_000;

/**
 * Puts text into the clipboard of the terminal that the user sits at, through ssh too (OSC 52). Inside tmux it goes
 * through `tmux load-buffer -w` (3.2 and later), which needs no `set-clipboard` or passthrough for programs, and the
 * text can be pasted with prefix-] besides. Resolves with what to tell the user.
 */
export async function copyToClipboard(text: string, env: Env, write: (sequence: string) => void): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  if (env.TMUX !== undefined && env.TMUX !== '' && (await tmuxTakes(bytes, env)))
    return 'line copied (tmux and clipboard)';
  if (bytes.length > mostBytes) return 'the line is too long for the clipboard of a terminal: write it to a file';
  write(clipboardSequence(bytes));
  return 'line copied, if the terminal allows it (OSC 52)';
}

/** The escape sequence (OSC 52) that puts bytes into the terminal's clipboard. */
function clipboardSequence(bytes: Uint8Array): string {
  return `\u001B]52;c;${Buffer.from(bytes).toString('base64')}\u0007`;
}

function tmuxTakes(bytes: Uint8Array, env: Env): Promise<boolean> {
  return new Promise((resolve) => {
    const tmux = spawn('tmux', ['load-buffer', '-w', '-'], {
      env: withoutToken(env),
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 2000,
    });
    tmux.on('error', () => resolve(false));
    tmux.on('close', (exitCode) => resolve(exitCode === 0));
    tmux.stdin.on('error', () => undefined);
    tmux.stdin.end(bytes);
  });
}
