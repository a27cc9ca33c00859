import {FailureError, type Failure} from '../model/failure.ts';
import type {Node} from './node.ts';

/**
 * Why no node was found:
 * - `unknown`: nobody who answered knows that name (exit code 2);
 * - `ambiguous`: several providers know it, the user must choose (an `AmbiguousName`; exit code 2);
 * - `bad-option`: the options themselves cannot be used (exit code 2);
 * - `not-now`: who would know did not answer (engine or cluster down): trying again can help.
 */
export type NodeProblem = 'unknown' | 'ambiguous' | 'bad-option' | 'not-now';

/** Thrown by `findNode`. */
export class NodeError extends FailureError {
  readonly kind: NodeProblem;
  /** The nodes that do exist, or the candidates of an ambiguous name, as `name (provider)`. */
  readonly nodes: readonly string[];

  constructor(kind: NodeProblem, failure: Failure, nodes: readonly string[] = []) {
    super(failure);
    this.name = 'NodeError';
    this.kind = kind;
    this.nodes = nodes;
  }
}

/** One of those who know a name. */
export interface NodeChoice {
  /** `a container of docker`. */
  readonly title: string;
  /** The command line that means this one and no other. */
  readonly command: string;
  /** Opening ends with the signal; the node that was opened does not. */
  readonly open: (signal: AbortSignal) => Promise<Node> | Node;
}

/** Several know the name: whoever asks the user may open the one that is meant. */
export class AmbiguousName extends NodeError {
  readonly choices: readonly NodeChoice[];

  constructor(name: string, choices: readonly NodeChoice[]) {
    const titles = choices.map((choice) => choice.title);
    super('ambiguous', {tried: `--node ${name}`, problem: 'several know a node of that name', next: null}, titles);
    this.name = 'AmbiguousName';
    this.choices = choices;
  }
}
