import {clip, safeLine} from './draw/safe-text.ts';
import {cellWidth, truncate} from './draw/width.ts';

/**
 * Kinds of failures that call for different things:
 * - `bad-config`: what the user gave (an option, a kubeconfig) cannot be used; waiting does not help;
 * - `unauthenticated` (401), `denied` (403): the server does not know us, or does not let us;
 * - `untrusted`: the server is not proven to be the one that is meant, so nothing secret was sent;
 * - `not-found`: it answered that there is no such thing;
 * - `unreachable`, `timeout`: nobody answered, now.
 */
export type FailureCode =
  'bad-config' | 'unauthenticated' | 'denied' | 'untrusted' | 'not-found' | 'unreachable' | 'timeout';

/**
 * A failure that the user must act on: what was tried, what came back and the next command to type. It is a value, so
 * that a pane can show it; one failing source never ends the program.
 */
export interface Failure {
  /** What kind it is, where somebody decides by it. Nobody reads the sentences to find out. */
  readonly code?: FailureCode;
  /** What was tried, as a phrase: `GET https://10.0.0.2:10250/stats/summary`. */
  readonly tried: string;
  /** What came back, as a sentence for the user. */
  readonly problem: string;
  /** The next command to type, or null where nothing but waiting helps. */
  readonly next: string | null;
}

/** The same as an exception, for the places where the work cannot go on. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(describeFailure(failure), options);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** Whether nobody answered; else somebody did, and it was of no use. */
export function isUnanswered({code}: Failure): boolean {
  return code === 'unreachable' || code === 'timeout';
}

/** So much of what a node, a server or a program said is kept, in UTF-16 units: a sentence, not a page of an error's HTML. */
const longestPart = 2000;

/** The same failure with no part longer than 2000 characters; a cut is marked by `…`. */
export function boundedFailure(failure: Failure): Failure {
  return eachPart(failure, (part) => clip(part, longestPart));
}

/** The same failure as text that can be shown: each part one safe line of bounded length. */
export function safeFailure(failure: Failure): Failure {
  return eachPart(boundedFailure(failure), (part) => safeLine(part));
}

function eachPart(failure: Failure, change: (part: string) => string): Failure {
  const {tried, problem, next} = failure;
  return {...failure, tried: change(tried), problem: change(problem), next: next === null ? null : change(next)};
}

/** One line for the status line and for the log of scripts, safe to show. */
export function describeFailure(failure: Failure): string {
  const {tried, problem, next} = safeFailure(failure);
  return `${tried}: ${problem}${next === null ? '' : ` — try: ${next}`}`;
}

/**
 * The same in a row of `width` cells, safe to draw: whole where that fits, else what came back and the next command,
 * which is what the user needs; of these the problem gives way first.
 */
export function failureInRow(failure: Failure, width: number): string {
  const whole = describeFailure(failure);
  if (cellWidth(whole) <= width) return whole;
  const {problem, next} = safeFailure(failure);
  const command = next === null ? '' : ` — try: ${next}`;
  const room = Math.max(leastProblem, width - cellWidth(command));
  return truncate(truncate(problem, room) + command, width);
}

/** So many cells the problem keeps, however long the next command is. */
const leastProblem = 24;

/** Turns whatever was thrown into a failure that says what was being tried. */
export function toFailure(error: unknown, tried: string): Failure {
  if (error instanceof FailureError) return error.failure;
  // What a signal ended: Node's own words for it are no sentence for a user.
  if (error instanceof Error && error.name === 'AbortError') return {tried, problem: 'was called off', next: null};
  return {tried, problem: error instanceof Error ? error.message : String(error), next: null};
}
