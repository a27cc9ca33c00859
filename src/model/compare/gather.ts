import type {Event, JournalEntry, NodeFacts, Poll, Sample} from '../event.ts';
import type {Evidence} from '../housekeeping/evidence.ts';
import {HousekeepingPaneModel} from '../housekeeping/housekeeping-pane-model.ts';
import {klogHeader, parseJsonLog} from '../journal/klog.ts';
import {severityOf} from '../journal/line.ts';
import {workloadOf} from '../selection/workload.ts';
import {isSystem, type Target, targetKey} from '../target.ts';
import {localMs, type LocalMs} from '../time.ts';
import {type LogSite, type MetricKey, metrics, type Reading, type Side} from './side.ts';

/** So many sites are told apart: a log of random words is no reason to keep all of them. */
const mostSites = 2000;

/** How old the sample of a target was at each answer since its tick. */
interface Age {
  sumMs: number;
  count: number;
  worstMs: number;
}

/**
 * The name under which a target is found in another recording: that of its workload, without the number or hash at its
 * end (`web-7d4b9c6f5-x2kqp`, `cpuload2`), and the container's.
 */
function matchKey({namespace, pod, container}: Target): string {
  const workload = (workloadOf(pod) ?? pod).replace(/(?<=[a-z])-?\d{1,4}$/, '');
  return `${namespace}/${workload}/${container ?? ''}`;
}

/** Folds the events of a recording into what can be compared with another one. */
export class Gatherer {
  readonly #housekeeping = new HousekeepingPaneModel();
  readonly #readings = new Map<MetricKey, Map<string, Reading[]>>(metrics.map(({key}) => [key, new Map()]));
  readonly #ages = new Map<string, Age>();
  /** Of each target its newest wait, and what its newest sample was to the one before: under that the next wait begins. */
  readonly #last = new Map<string, {readonly wait: object; readonly evidence: Evidence['kind']}>();
  readonly #sites = new Map<string, LogSite & {readonly atMs: number[]}>();
  #kubelet: Sample | null = null;
  #facts: NodeFacts | null = null;
  #fromMs = localMs(Infinity);
  #untilMs = localMs(-Infinity);
  #ticks = 0;
  #lines = 0;
  #restarts = 0;
  /** Ends what is known of the targets: readings before and after must not be joined. */
  #nowMs: LocalMs = localMs(0);

  /** Takes one event of the recording, in its order. */
  apply(event: Event): void {
    this.#housekeeping.apply(event);
    switch (event.type) {
      case 'poll':
        this.#poll(event.poll);
        return;
      case 'journal':
        for (const entry of event.entries) this.#line(entry);
        return;
      case 'facts':
        this.#facts = event.facts;
        return;
      case 'kubelet-started':
        this.#restarts += 1;
        this.#kubelet = null;
        return;
      default:
        return;
    }
  }

  /** Takes one exchange with the kubelet: how long the answer took. */
  exchanged(path: string, sentAt: LocalMs, receivedAt: LocalMs): void {
    this.#span(sentAt, receivedAt);
    const key = path === '/metrics/resource' ? 'resource' : path.startsWith('/stats/summary') ? 'summary' : null;
    if (key !== null) this.#read(key, '', receivedAt, receivedAt - sentAt);
  }

  /** Begins another part of the same recording: what is known of the timers stays, what was measured is given back. */
  cut(name: string, node: string | null): Side {
    const side = this.side(name, node);
    for (const [key] of this.#readings) this.#readings.set(key, new Map());
    this.#sites.clear();
    this.#ages.clear();
    this.#fromMs = localMs(Infinity);
    this.#untilMs = localMs(-Infinity);
    [this.#ticks, this.#lines, this.#restarts] = [0, 0, 0];
    return side;
  }

  /** All that was gathered. */
  side(name: string, node: string | null): Side {
    const of = (key: MetricKey) => this.#readings.get(key) ?? new Map<string, Reading[]>();
    return {
      name,
      node,
      facts: this.#facts,
      fromMs: this.#fromMs,
      untilMs: this.#untilMs,
      ticks: this.#ticks,
      lines: this.#lines,
      restarts: this.#restarts,
      readings: {
        wait: of('wait'),
        age: of('age'),
        worst: of('worst'),
        interval: of('interval'),
        idle: of('idle'),
        cpu: of('cpu'),
        memory: of('memory'),
        resource: of('resource'),
        summary: of('summary'),
      },
      sites: new Map(this.#sites),
    };
  }

  #span(fromMs: LocalMs, untilMs: LocalMs): void {
    this.#fromMs = localMs(Math.min(this.#fromMs, fromMs));
    this.#untilMs = localMs(Math.max(this.#untilMs, untilMs));
  }

  #read(key: MetricKey, target: string, atMs: number, value: number): void {
    const all = this.#readings.get(key);
    const readings = all?.get(target);
    if (readings === undefined) all?.set(target, [{atMs, value}]);
    else readings.push({atMs, value});
  }

  #poll(poll: Poll): void {
    const {receivedAt} = poll;
    this.#nowMs = receivedAt;
    this.#span(poll.sentAt, receivedAt);
    const isTick = poll.samples.some(({novelty, target}) => novelty === 'new' && !isSystem(target));
    if (isTick) this.#takeTicks(receivedAt);
    const now = this.#housekeeping.nodeTime(receivedAt);
    for (const sample of poll.samples) {
      if (isSystem(sample.target)) {
        if (sample.target.container === 'kubelet' && sample.novelty !== 'repeated') this.#kubeletSample(sample);
        continue;
      }
      if (sample.novelty === 'new') this.#ticks += 1;
      const key = targetKey(sample.target);
      const ageMs = Math.max(0, now - sample.at);
      const age = this.#ages.get(key) ?? {sumMs: 0, count: 0, worstMs: 0};
      age.sumMs += ageMs;
      age.count += 1;
      age.worstMs = Math.max(age.worstMs, ageMs);
      this.#ages.set(key, age);
    }
  }

  /** A target whose newest wait was not known before has ticked: what is known of the sample before is complete. */
  #takeTicks(now: LocalMs): void {
    for (const {target, phase, waits, evidence} of this.#housekeeping.forecasts(now)) {
      const wait = waits.at(-1);
      const key = targetKey(target);
      const last = this.#last.get(key);
      if (phase === 'gone' || wait === undefined || last?.wait === wait) continue;
      this.#last.set(key, {wait, evidence: evidence.kind});
      const match = `${matchKey(target)} ${last?.evidence ?? 'unknown'}`;
      const age = this.#ages.get(key);
      this.#ages.delete(key);
      this.#read('wait', match, now, wait.waitMs / 1000);
      this.#read('interval', match, now, wait.intervalMs / 1000);
      // What is seen, not what is believed: a belief is learned, and so differs from one half to the other.
      if (evidence.kind !== 'unknown') this.#read('idle', matchKey(target), now, evidence.kind === 'equal' ? 100 : 0);
      if (age === undefined || age.count === 0) continue;
      this.#read('age', match, now, age.sumMs / age.count / 1000);
      this.#read('worst', match, now, age.worstMs / 1000);
    }
  }

  #kubeletSample(sample: Sample): void {
    const before = this.#kubelet;
    this.#kubelet = sample;
    const [usage, usageBefore] = [sample.usageCoreNanoSeconds, before?.usageCoreNanoSeconds ?? null];
    if (sample.workingSetBytes !== null && sample.novelty === 'new') {
      this.#read('memory', '', this.#nowMs, sample.workingSetBytes / 2 ** 20);
    }
    if (before === null || usage === null || usageBefore === null || before.startedAt !== sample.startedAt) return;
    const tookMs = sample.at - before.at;
    // A nanosecond of CPU in a millisecond is a thousandth of a millicore.
    if (tookMs >= 1000 && usage >= usageBefore) {
      this.#read('cpu', '', this.#nowMs, (usage - usageBefore) / tookMs / 1000);
    }
  }

  #line(entry: JournalEntry): void {
    this.#lines += 1;
    const severity = severityOf(entry);
    if (severity === 'info') return;
    const {source, message} = siteOf(entry);
    // A build shifts the lines of a file: the file and the words say which site it is.
    const key = `${severity} ${source.replace(/:\d+$/, '')} ${message}`;
    const site = this.#sites.get(key);
    if (site !== undefined) site.atMs.push(entry.at);
    else if (this.#sites.size < mostSites) this.#sites.set(key, {severity, source, message, atMs: [entry.at]});
  }
}

/** Names, numbers and quoted values differ from line to line; of a structured line only the message counts. */
function siteOf({message, identifier}: JournalEntry): {readonly source: string; readonly message: string} {
  const json = parseJsonLog(message);
  if (json !== null) return {source: json.source === '' ? identifier : json.source, message: plainWords(json.message)};
  const header = klogHeader(message);
  if (header === null) return {source: identifier, message: plainWords(message)};
  return {source: header.source, message: plainWords(message.slice(header.messageStart))};
}

const longestMessage = 160;

function plainWords(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.){0,400})"/.exec(text)?.[1];
  return (quoted ?? text.slice(0, 600).replace(/"(?:[^"\\]|\\.)*"/g, '"…"'))
    .replace(/\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/gi, '…')
    .replace(/[\w.-]*\d[\w.:-]*/g, '…')
    .replace(/\s+/g, ' ')
    .slice(0, longestMessage)
    .trim();
}
