import type {
  CommandStep,
  Event,
  JournalEntry,
  NodeIdentity,
  Poll,
  RouteState,
  Sample,
  StreamState,
} from '../model/event.ts';
import {boundedFailure, type Failure} from '../model/failure.ts';
import {targetKey, type Target} from '../model/target.ts';
import type {LocalMs} from '../model/time.ts';
import {unixSeconds as seconds, unixSecondsOrNull as secondsOrNull} from '../util/unix-seconds.ts';

/** What the JSON face asks of the models, so that it prints what the screen would show. */
export interface JsonView {
  /** Whether the journal's filter lets the entry through. */
  readonly shows: (entry: JournalEntry) => boolean;
  readonly isSelected: (target: Target) => boolean;
  /** The forecasts of all targets at a moment, each as a finished line without its end. */
  readonly forecasts: (
    now: LocalMs,
    wanted: (target: Target) => boolean,
  ) => Iterable<{readonly target: Target; readonly line: string}>;
}

/**
 * The face for scripts: each event as one line of JSON. Times are unix seconds. Of a poll only samples are printed
 * that were not printed before (a repeated timestamp is the same sample), then a forecast for every selected target.
 */
export class JsonLines {
  readonly #view: JsonView;
  readonly #write: (text: string) => unknown;
  /** Targets whose newest sample was not selected when it came: a choice by labels can be known a moment later. */
  #withheld: ReadonlySet<string> = new Set();
  /** Those of the poll before: a failure that goes on is said once. */
  #problems: ReadonlySet<string> = new Set();
  #way = '';

  constructor(view: JsonView, write: (text: string) => unknown) {
    this.#view = view;
    this.#write = write;
  }

  readonly take = (event: Event): void => {
    switch (event.type) {
      case 'journal':
        for (const entry of event.entries) if (this.#view.shows(entry)) this.#line('journal', journalFields(entry));
        break;
      case 'poll':
        this.#samples(event.poll);
        for (const problem of event.poll.problems) {
          if (!this.#problems.has(problem)) this.#line('problem', {at: seconds(event.poll.receivedAt), problem});
        }
        this.#problems = new Set(event.poll.problems);
        this.#forecasts(event.poll.receivedAt);
        break;
      case 'journal-stream':
        this.#line('stream', {stream: 'journal', ...streamFields(event.state)});
        break;
      case 'stats-stream':
        this.#line('stream', {stream: 'stats', ...streamFields(event.state)});
        break;
      case 'node':
        this.#line('node', {at: seconds(event.at), ...nodeFields(event.node)});
        break;
      case 'node-failed':
        this.#line('node-failed', {at: seconds(event.at), ...boundedFailure(event.failure)});
        break;
      case 'facts': {
        const {kubeletStartedAt, ...facts} = event.facts;
        this.#line('facts', {at: seconds(event.at), ...facts, kubeletStartedAt: secondsOrNull(kubeletStartedAt)});
        break;
      }
      case 'kubelet-started':
        this.#line('kubelet-started', {at: seconds(event.at), pid: event.pid});
        break;
      case 'clock':
        this.#line('clock', {aheadMs: event.offset.aheadMs, uncertaintyMs: event.offset.uncertaintyMs});
        break;
      case 'route':
        this.#route(event.route);
        break;
      case 'command':
        this.#line('command', {at: seconds(event.at), command: event.command, ...stepFields(event.step)});
        break;
      case 'on-restart':
        this.#line('on-restart', {at: seconds(event.at), failure: orBounded(event.failure)});
        break;
      case 'cut-off':
        this.#line('cut-off', {at: seconds(event.at), command: event.command, failure: orBounded(event.failure)});
        break;
      case 'journal-gap':
        this.#line('journal-gap', {
          at: seconds(event.at),
          after: event.after === null ? null : seconds(event.after),
          reason: event.reason,
          atMost: event.atMost,
        });
        break;
      default:
        break;
    }
  };

  /** Tells of something that is no event of the node, as of now. */
  problem(problem: string): void {
    this.#line('problem', {at: seconds(Date.now()), problem});
  }

  /** A route is told with each poll, for its latency; here only a change of the way is news. */
  #route(route: RouteState): void {
    const way = [route.kind, route.label, route.warning].join('\n');
    if (way === this.#way) return;
    this.#way = way;
    this.#line('route', {...route});
  }

  /** A tick is one line, however often it is answered. */
  #samples({samples, receivedAt}: Poll): void {
    const withheld = new Set<string>();
    for (const sample of samples) {
      const key = targetKey(sample.target);
      const isOpen = sample.novelty === 'new' || this.#withheld.has(key);
      if (!isOpen) continue;
      if (this.#view.isSelected(sample.target)) this.#sample(sample, receivedAt);
      else withheld.add(key);
    }
    this.#withheld = withheld;
  }

  #sample(sample: Sample, seenAt: LocalMs): void {
    this.#line('sample', {
      at: seconds(sample.at),
      seenAt: seconds(seenAt),
      ...sample.target,
      precision: sample.precision,
      usageCoreNanoSeconds: sample.usageCoreNanoSeconds,
      usageNanoCores: sample.usageNanoCores,
      workingSetBytes: sample.workingSetBytes,
      startedAt: secondsOrNull(sample.startedAt),
    });
  }

  #forecasts(now: LocalMs): void {
    for (const {target, line} of this.#view.forecasts(now, this.#view.isSelected)) {
      if (this.#view.isSelected(target)) this.#write(`${line}\n`);
    }
  }

  #line(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#write(`${JSON.stringify({type, ...fields})}\n`);
  }
}

function journalFields(entry: JournalEntry): Record<string, unknown> {
  return {...entry, at: seconds(entry.at)};
}

function stepFields(step: CommandStep): Record<string, unknown> {
  if (step.kind === 'failed') return {kind: step.kind, failure: boundedFailure(step.failure)};
  return {kind: step.kind, line: step.line};
}

function streamFields(state: StreamState): Record<string, unknown> {
  const failure: Partial<Failure> = 'failure' in state ? boundedFailure(state.failure) : {};
  const warning = 'warning' in state && state.warning !== undefined ? {warning: state.warning} : {};
  return {at: seconds(state.since), state: state.kind, ...warning, ...failure};
}

/** The names of the output are its own: scripts read them. */
function nodeFields({name, provider, transport, commandPrefix, readOnly}: NodeIdentity): Record<string, unknown> {
  return {name, provider, via: transport, by: commandPrefix, readOnly};
}

const orBounded = (failure: Failure | null) => (failure === null ? null : boundedFailure(failure));
