import {statisticsOf} from '../cpu/statistics.ts';
import type {Line} from '../cpu/line.ts';
import {formatQuantity} from '../draw/units.ts';
import type {Event, NodeIdentity} from '../event.ts';
import {safeLine} from '../draw/safe-text.ts';
import {noResources} from '../selection/pod-facts.ts';
import {targetKey} from '../target.ts';
import {type ErrorByAge, TruthModel} from './truth-model.ts';

/** A chart has room for so many curves; each target then has two. */
const mostLines = 7;
/** Errors of fewer seconds say little. */
const leastSeconds = 5;

/** What the CPU pane shows of the truth: whether it is on, its curves, and how far off the kubelet's figures were. */
export class TruthPane {
  readonly #model = new TruthModel();
  /** Null: nobody chose, and how the node is reached decides. */
  #chosen: boolean | null = null;
  #isCheap = false;
  #problem: string | null = null;
  #whyNot: string | null = 'no node yet';
  showsErrors = false;

  /** Whether the counters are to be read. */
  get isOn(): boolean {
    return this.#whyNot === null && (this.#chosen ?? this.#isCheap);
  }

  /** Changes with each reading and each change of what is shown. */
  get version(): number {
    return this.isOn ? this.#model.version : -1;
  }

  /** The node is reached. Over ssh every byte travels: there it is off until it is asked for; a simulated node has no cgroups. */
  reached({transport, provider, readOnly}: NodeIdentity): void {
    this.#isCheap = !/\bssh\b/.test(transport) && provider !== 'demo';
    this.#whyNot = readOnly !== null ? `no command can be run on the node: ${safeLine(readOnly.problem)}` : null;
    if (provider === 'demo') this.#whyNot = 'the simulated node has no cgroups to read';
  }

  /** Folds what was read; `shown` says what the pane tells of a target, by its key. */
  apply(event: Event, shown: (key: string) => {readonly nanoCores: number | null; readonly atMs: number} | null): void {
    if (event.type === 'node') this.reached(event.node);
    if (event.type === 'truth') this.#model.take(event, shown);
    if (event.type === 'truth-state') this.#problem = event.problem;
  }

  /** Turns it on or off; says which. */
  toggle(): string {
    if (this.#whyNot !== null) return `what was really used cannot be read: ${this.#whyNot}`;
    this.#chosen = !this.isOn;
    return this.#chosen
      ? "what was really used, by the cgroups' own counters, once a second"
      : "only the kubelet's figures";
  }

  /** Shows how far off the kubelet's figures were, or hides it; says which. */
  toggleErrors(): string {
    this.showsErrors = !this.showsErrors;
    if (!this.isOn)
      return this.#whyNot === null
        ? 'without what was really used no error is known: have that read first'
        : this.toggle();
    return this.showsErrors ? "the error of the kubelet's figures" : 'without the errors';
  }

  /** A curve of what was used for each line, where the chart has room for all of them. */
  lines(lines: readonly Line[], fromMs: number): Line[] {
    if (!this.isOn || lines.length * 2 > mostLines) return [];
    const firstSeat = Math.max(0, ...lines.map(({colorIndex}) => colorIndex + 1));
    return lines.flatMap((line, i): Line[] => {
      const used = this.#model.used(targetKey(line.target), fromMs);
      if (used === null) return [];
      const latest = {
        atMs: used.atMs,
        nanoCores: used.nanoCores,
        reportedNanoCores: null,
        workingSetBytes: null,
        origin: 'tick' as const,
        uid: null,
      };
      return [
        {
          target: line.target,
          label: `${line.label} used`,
          steps: used.steps,
          breaksMs: [],
          latest,
          problem: null,
          ended: line.ended,
          standsStill: false,
          statistics: statisticsOf(used.steps, fromMs, Infinity, 'cpu'),
          resources: noResources,
          colorIndex: firstSeat + i,
        },
      ];
    });
  }

  /** What there is to say of it, a sentence each. */
  notes(): string[] {
    if (!this.isOn) return [];
    const notes = this.#problem === null ? [] : [`really used: ${safeLine(this.#problem)}`];
    if (!this.showsErrors) return notes;
    const [all, ...byAge] = this.#model.errors();
    if (all === undefined || all.count < leastSeconds) return [...notes, 'error: not enough seconds yet'];
    return [
      ...notes,
      `error: ${errorText(all)}; ${byAge
        .filter(({count}) => count > 0)
        .map(ageText)
        .join(', ')}`,
    ];
  }
}

const errorText = ({mean, worst}: ErrorByAge): string =>
  `mean ${formatQuantity(mean, 'cpu')}, worst ${formatQuantity(worst, 'cpu')}`;

function ageText(error: ErrorByAge): string {
  const age = Number.isFinite(error.untilS) ? `under ${error.untilS} s old` : 'older';
  return `${age} ${formatQuantity(error.mean, 'cpu')} (worst ${formatQuantity(error.worst, 'cpu')})`;
}
