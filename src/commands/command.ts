import type {CommandName, CommandStep} from '../model/event.ts';
import type {Failure} from '../model/failure.ts';
import type {LocalMs} from '../model/time.ts';
import type {KubeletRoute, NodeShell} from '../nodes/node.ts';

/** What a user is asked before a node is changed, by a key or on the command line alike. */
export interface Question {
  readonly text: string;
  /** What will be run, a command a line, as it is typed by hand. */
  readonly commands: readonly string[];
  readonly warning: string | null;
}

/** The node that a question is about. */
export interface AskedNode {
  readonly name: string;
  /** How a command there is typed by hand, up to the command itself: `docker exec kind-worker`. */
  readonly commandPrefix: string;
}

/** What a command works with. */
export interface CommandContext {
  readonly shell: NodeShell;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  /** How the user would do it by hand, for messages: `docker exec kind-worker`. */
  readonly commandPrefix: string;
  readonly now: () => LocalMs;
  /** Resolves when the kubelet has answered a request that was sent after `since`; rejects when `signal` aborts. */
  readonly answered: (since: LocalMs, signal: AbortSignal) => Promise<LocalMs>;
  /** Why the stats are not answered, as it was last seen after `since`; null where they are, or nothing was seen yet. */
  readonly unanswered: (since: LocalMs) => Failure | null;
  /** Opens a way to the kubelet's HTTPS; who opens it closes it. */
  readonly openRoute?: (signal: AbortSignal) => Promise<KubeletRoute>;
  readonly signal: AbortSignal;
}

/** Something that can be asked about and then done to a node: a command as it stands, or with what the user wants of it. */
export interface Action<Name extends string = CommandName> {
  readonly name: Name;
  /** What is asked before it is run. */
  readonly question: (node: AskedNode, unit: string) => Question;
  /** Runs it and tells each step; the last one is `done` or `failed`. It never throws. */
  readonly run: (context: CommandContext) => AsyncGenerator<CommandStep>;
  /** It talks to the kubelet alone: then it works on a node where no command can be run, too. */
  readonly needsNoShell?: true;
}

/** One command that changes a node: all that the keys, the command line, the questions and the dispatch need of it. */
export interface Command<Name extends string = CommandName> extends Action<Name> {
  /** The key that asks for it, everywhere on the screen. */
  readonly key: string;
  /** What the key does, for the help. */
  readonly what: string;
  /** What `ktop NAME` does, for the command line's help. */
  readonly summary: string;
}

/** A command as it is typed by hand. */
export function typedOn({commandPrefix}: Pick<AskedNode, 'commandPrefix'>, argv: readonly string[]): string {
  return `${commandPrefix} ${argv.join(' ')}`.trim();
}
