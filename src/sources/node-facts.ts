import {readFile} from 'node:fs/promises';
import {ClockEstimate} from '../model/clock-estimate.ts';
import type {Event, NodeFacts} from '../model/event.ts';
import {localMs, type ClockOffset, type LocalMs} from '../model/time.ts';
import type {NodeShell} from '../nodes/node.ts';
import {factsScript, parseFacts} from './kubelet-facts.ts';

export interface NodeFactsOptions {
  readonly shell: NodeShell;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
  readonly now?: () => LocalMs;
  /** This machine's boot id, to know a shared kernel by; read from `/proc` if not given. */
  readonly bootId?: () => Promise<string | null>;
}

/** A look costs the node a few processes: once in a while is enough, because events tell when something happens. */
const restMs = 15_000;
/** After such an event it looks again and again for a moment: a restart takes its time. */
const watchfulMs = [0, 700, 1500, 3000, 5000];

/**
 * What is known of the node: the kubelet's version, process, start and flags, its unit's state, and how far its clock is
 * off. It looks now and then, and at once when `hear` is told of something that smells of a restart.
 */
export class NodeFactsSource {
  readonly #options: NodeFactsOptions;
  readonly #clock = new ClockEstimate();
  #ownBootId: string | null = null;
  #wake: () => void = () => undefined;
  #looks: readonly number[] = [];
  #facts: NodeFacts | null = null;
  #offset: ClockOffset | null = null;

  constructor(options: NodeFactsOptions) {
    this.#options = options;
  }

  /** Looks at once, and again a few times soon. */
  refresh(): void {
    this.#looks = watchfulMs;
    this.#wake();
  }

  /** Everything that happens on the node passes by here; what speaks of a restart makes it look. */
  hear(event: Event): void {
    if (event.type === 'command' && event.command === 'restart' && event.step.kind !== 'started') this.refresh();
    if (event.type === 'stats-stream' && event.state.kind === 'reconnecting' && event.state.attempt === 1)
      this.refresh();
    if (event.type !== 'journal') return;
    const {unit} = this.#options;
    const spoken = event.entries.some(
      (entry) =>
        entry.identifier === 'systemd' && entry.unit.replace(/\.service$/, '') === unit.replace(/\.service$/, ''),
    );
    if (spoken) this.refresh();
  }

  /** Runs until the signal aborts. A node that cannot be asked is silent here: the journal and the stats say why. */
  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const readBootId = this.#options.bootId ?? ownBootId;
    this.#ownBootId = await readBootId();
    while (!signal.aborted) {
      yield* await this.#look(signal);
      const [next = restMs, ...later] = this.#looks;
      this.#looks = later;
      await this.#rest(next, signal);
    }
  }

  async #look(signal: AbortSignal): Promise<readonly Event[]> {
    const {shell, unit} = this.#options;
    const now = this.#options.now ?? (() => localMs(Date.now()));
    const {kubeletPid: pid = null, kubeletVersion: version = null} = this.#facts ?? {};
    const known = pid === null || version === null ? null : {pid, version};
    const sentAt = now();
    let text: string;
    try {
      const argv = ['sh', '-c', factsScript, 'ktop-facts', unit, known === null ? '' : String(known.pid)];
      text = (await shell.run(argv, {signal})).stdout;
    } catch {
      return [];
    }
    const receivedAt = now();
    const report = parseFacts(text, known);
    if (report === null) return [];
    const events: Event[] = [];
    const offset =
      report.bootId !== null && report.bootId === this.#ownBootId
        ? {aheadMs: 0, uncertaintyMs: 0}
        : this.#clock.take({sentAt, receivedAt, nodeFrom: report.nodeFrom, nodeTo: report.nodeTo});
    if (this.#offset === null || differs(this.#offset, offset)) events.push({type: 'clock', offset});
    this.#offset = offset;
    const before = this.#facts;
    const {facts} = report;
    if (before === null || JSON.stringify(settled(before, facts)) !== JSON.stringify(facts)) {
      events.push({type: 'facts', at: receivedAt, facts});
    }
    if (before !== null && facts.kubeletPid !== null && facts.kubeletPid !== before.kubeletPid) {
      const at = facts.kubeletStartedAt;
      if (at !== null) events.push({type: 'kubelet-started', at, pid: facts.kubeletPid});
    }
    // While it is down the last process stays in mind: the next one is then known to be another.
    this.#facts = facts.kubeletPid === null && before !== null ? {...facts, kubeletPid: before.kubeletPid} : facts;
    return events;
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, {once: true});
      this.#wake = done;
      if (signal.aborted) done();
    });
  }
}

/** The same facts with the start that was read first: it is computed anew each time and trembles by a few milliseconds. */
function settled(before: NodeFacts, now: NodeFacts): NodeFacts {
  const same = before.kubeletPid === now.kubeletPid;
  return same ? {...before, kubeletStartedAt: now.kubeletStartedAt} : before;
}

function differs(before: ClockOffset, now: ClockOffset): boolean {
  return Math.abs(before.aheadMs - now.aheadMs) > 1 || now.uncertaintyMs < before.uncertaintyMs * 0.8;
}

async function ownBootId(): Promise<string | null> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
