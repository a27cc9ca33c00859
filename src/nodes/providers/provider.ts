import type {Failure} from '../../model/failure.ts';
import type {Env} from '../exec/environment.ts';
import type {NodeChoice} from '../node-error.ts';
import type {ListOptions, NodeOptions} from '../options.ts';
import type {ProviderName} from './names.ts';

/**
 * Whoever knows nodes and a way to run commands there. A new one is a file here and a line in `registry.ts`; nothing
 * else asks which one it is.
 */
export interface Provider {
  readonly name: ProviderName;
  /** Whether `--via` alone does not say which node is meant. */
  readonly needsName: boolean;
  /** Whether it is asked only where no other one knows the name. */
  readonly isLastResort: boolean;
  /**
   * Who has that name here. Who cannot be asked is a silence, not an exception; rejects only with a `NodeError` about
   * the options themselves.
   */
  find(search: Search): Promise<Answer>;
  /** Every node it knows. Never rejects. */
  list(question: ListQuestion): Promise<Listing>;
}

export interface ListQuestion {
  readonly options: ListOptions;
  readonly env: Env;
  readonly signal: AbortSignal;
}

export interface Search extends ListQuestion {
  readonly options: NodeOptions;
  /** A valid name; empty only where the provider needs none. */
  readonly name: string;
  /** `--via` (or `--ssh`) names this provider: it opens what it is given and leaves nothing to others. */
  readonly isChosen: boolean;
}

/** Somebody who would know, but could not be asked. */
export interface Silence {
  readonly problem: string;
  /** Not installed; a spare one, because another of its kind answers; or worth waiting for. */
  readonly rank: 'absent' | 'spare' | 'awaited';
  readonly next: string | null;
}

export interface Answer {
  readonly findings?: readonly NodeChoice[];
  /** What another provider knows better where it answers: taken only where there is no finding. */
  readonly spares?: readonly NodeChoice[];
  readonly silences?: readonly Silence[];
}

/** A node that ktop can see, as `ktop nodes` shows it. `ktop nodes --json` prints these fields: names stay as they are. */
export interface ListedNode {
  readonly name: string;
  readonly provider: ProviderName;
  readonly role: string | null;
  readonly kubeletVersion: string | null;
  /** `running`, `exited`, `Ready`, `NotReady`. */
  readonly state: string;
  /** How commands would get there. */
  readonly reach: string;
}

export interface Listing {
  readonly nodes: readonly ListedNode[];
  /** What is a node only if somebody else lists one of its name: a container that looks like any other. */
  readonly candidates?: readonly ListedNode[];
  readonly problems?: readonly Failure[];
}
