import {safeLine} from '../draw/safe-text.ts';

/** How a desktop notification is asked of a terminal. */
export type NotifySequence = 'osc9' | 'osc777';

/** What a notification does on the user's terminal. */
export interface NotifyWays {
  readonly bell: boolean;
  /** Null: no desktop notification. */
  readonly desktop: NotifySequence | null;
  /** Whether a tmux stands between: it hands on what is wrapped for it, where `allow-passthrough` lets it. */
  readonly tmux: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which sequence the user's terminal takes: most take OSC 9 (iTerm2's), those built on VTE, urxvt and foot OSC 777. Some
 * take both, so that only one is sent.
 */
export function notifySequence({VTE_VERSION, TERM = ''}: Env): NotifySequence {
  return (VTE_VERSION ?? '') !== '' || /^(?:rxvt|foot)/.test(TERM) ? 'osc777' : 'osc9';
}

/**
 * The bytes of a notification. The text goes out as one safe line: nothing in it ends the sequence or begins another.
 * The bell is never wrapped: tmux has options of its own for it.
 */
export function notification(text: string, {bell, desktop, tmux}: NotifyWays): string {
  const rung = bell ? '\x07' : '';
  if (desktop === null) return rung;
  const line = safeLine(text);
  // A body that begins with a number would be another of ConEmu's commands (`9;4;…` is a progress bar).
  const sequence = desktop === 'osc9' ? `\x1b]9;ktop: ${line}\x07` : `\x1b]777;notify;ktop;${line}\x07`;
  // tmux(1), allow-passthrough: every escape inside is doubled.
  return rung + (tmux ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence);
}
