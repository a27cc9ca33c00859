import {FailureError, type Failure} from '../model/failure.ts';

/**
 * Why no node was found:
 * - `unknown`: nobody who answered knows that name (exit code 2);
 * - `ambiguous`: several providers know it, the user must choose (`nodes` lists them; exit code 2);
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
