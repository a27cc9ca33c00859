import type {Event} from '../event.ts';
import {PollPlan} from './poll-plan.ts';
import {isAmong, isSystem, type Target, targetKey} from '../target.ts';
import {type ClockOffset, type LocalMs, nodeMs, type NodeMs, toNodeTime} from '../time.ts';
import {type Forecast, probabilityWithin} from './forecast.ts';
import {forecastLine} from './forecast-line.ts';
import type {ForecastTable} from './forecast-table.ts';
import {Housekeeping} from './housekeeping.ts';
import {type HousekeepingView, housekeepingView} from './pane-view.ts';

/** Without a choice of the user's, a node with so few targets is watched whole. */
const watchAllUpTo = 6;
/** The kubelet's line told of a new sample: it is fetched so soon. */
const behindMs = 150;
/** Clocks further apart have no time in common under which anything could be found. */
const mostSkewMs = 60_000;

/** What was folded up to a moment, to go back to. */
export interface KeptHousekeeping {
  readonly housekeeping: Housekeeping;
  readonly isPolled: boolean;
  readonly isLost: boolean;
}

/**
 * The model behind the housekeeping pane: folds the events into the forecast, knows which targets the user looks at,
 * and paces the polls after them.
 */
export class HousekeepingPaneModel {
  #housekeeping = new Housekeeping();
  readonly #plan = new PollPlan();
  readonly #chosen: () => readonly Target[];
  #focus: string | null = null;
  #targets = 0;
  #isPolled = false;
  #isLost = false;
  /** The table of the newest moment that was asked for: one frame asks more than once. */
  #drawn: {readonly now: LocalMs; readonly table: ForecastTable} | null = null;

  /** `chosen` tells which targets the user has chosen; none while there is no choice. */
  constructor(chosen: () => readonly Target[] = () => []) {
    this.#chosen = chosen;
  }

  /** `--housekeeping-interval` as far as it is known, and how sure that is. */
  get base(): Housekeeping['base'] {
    return this.#housekeeping.base;
  }

  /** How far the node's clock is ahead of ours, as far as that is known. */
  get offset(): ClockOffset {
    return this.#housekeeping.offset;
  }

  /** Has somebody told of each wait between two ticks (ms) that was seen. */
  onWait(listener: (target: Target, waitMs: number) => void): void {
    this.#housekeeping.onWait = listener;
  }

  readonly apply = (event: Event): void => {
    switch (event.type) {
      case 'stats-stream':
        this.#isLost = event.state.kind === 'reconnecting' || event.state.kind === 'unavailable';
        return;
      case 'poll':
        this.#drawn = null;
        this.#isPolled = true;
        this.#housekeeping.observe(event.poll);
        return;
      case 'facts':
        this.#drawn = null;
        this.#housekeeping.reportBase(event.facts.housekeepingIntervalMs);
        return;
      case 'kubelet-started':
        this.#drawn = null;
        this.#housekeeping.kubeletStarted(event.at);
        return;
      case 'tick-fact':
        this.#drawn = null;
        this.#housekeeping.reported(event.cgroup, {
          atMs: event.at,
          intervalMs: event.intervalMs,
          waitMs: event.nextMs,
        });
        return;
      case 'clock':
        this.#drawn = null;
        this.#housekeeping.clock(event.offset);
        return;
      default:
        return;
    }
  };

  /** What was folded so far, as often as it is wanted: what is folded later changes nothing of it. */
  keep(): KeptHousekeeping {
    return {housekeeping: this.#housekeeping.copy(), isPolled: this.#isPolled, isLost: this.#isLost};
  }

  /** As if nothing had been folded since. What the user chose stays. */
  goBack({housekeeping, isPolled, isLost}: KeptHousekeeping): void {
    const {onWait} = this.#housekeeping;
    this.#housekeeping = housekeeping.copy();
    this.#housekeeping.onWait = onWait;
    this.#isPolled = isPolled;
    this.#isLost = isLost;
    this.#drawn = null;
  }

  /** The forecasts of all targets, the next tick first; those that are gone last. */
  forecasts(now: LocalMs): readonly Forecast[] {
    return this.#table(now).all;
  }

  #table(now: LocalMs): ForecastTable {
    if (this.#drawn?.now === now) return this.#drawn.table;
    const table = this.#housekeeping.table(this.nodeTime(now));
    this.#targets = table.rows.length;
    this.#drawn = {now, table};
    return table;
  }

  /**
   * The forecasts as lines of the JSON output, each with its target, dated by the node's clock. Where nobody compared
   * the clocks (a recording) they are dated by the recording's own, under which a reader finds the answers; then each
   * is for the moment when the node's clock shows that time, and given that no tick came before.
   */
  readonly lines = (
    now: LocalMs,
    wanted: (target: Target) => boolean = () => true,
  ): {target: Target; line: string}[] => {
    const present = this.nodeTime(now);
    const asRecorded = Math.abs(present - now) < mostSkewMs && !this.#housekeeping.isCompared;
    const at = asRecorded ? nodeMs(now) : present;
    const given = nodeMs(Math.max(present, at));
    return this.#housekeeping
      .forecasts(present, wanted, given)
      .filter(({phase}) => phase !== 'gone')
      .map((forecast) => ({target: forecast.target, line: forecastLine({...forecast, at})}));
  };

  /**
   * What the large countdown shows: the focused target, else the watched one that ticks next; null where none of what
   * was chosen has a timer that is known. Without a choice any target will do.
   */
  focused<T extends {readonly target: Target}>(rows: readonly T[]): T | null {
    const focus = this.#focus;
    const focused = focus === null ? undefined : rows.find(({target}) => targetKey(target) === focus);
    const watched = focused ?? rows.find(({target}) => this.watches(target)) ?? null;
    return watched ?? (this.#chosen().length === 0 ? (rows[0] ?? null) : null);
  }

  #focusedForecast(table: ForecastTable): Forecast | null {
    const row = this.focused(table.rows);
    return row === null ? null : table.forecast(row);
  }

  /** Gives the large countdown to a target; null to the watched one that ticks next. */
  focus(target: Target | null): void {
    this.#focus = target === null ? null : targetKey(target);
  }

  /** Whether the user has said which target is counted down. */
  get isAimed(): boolean {
    return this.#focus !== null;
  }

  /** Gives it to the target so many rows further down in the table as it is now. */
  move(rows: number, now: LocalMs): void {
    const table = this.#table(now).rows;
    const focused = this.focused(table);
    const at = focused === null ? 0 : table.indexOf(focused);
    const to = Math.min(table.length - 1, Math.max(0, at + rows));
    this.focus(table[to]?.target ?? null);
  }

  /** What the pane draws in `height` rows below its header. */
  view(size: {readonly width: number; readonly height: number}, now: LocalMs, unicode: boolean): HousekeepingView {
    const table = this.#table(now);
    const focused = this.#focusedForecast(table);
    const silence = this.#isLost ? 'no answer' : this.#isPolled ? null : 'not asked yet';
    const system = this.#chosen().filter(isSystem);
    const {watches, base} = this;
    return housekeepingView({...size, unicode, table, focused, silence, watches, base, system});
  }

  /** How long the picture stays true, in ms: a countdown near its end moves smoothly, another once a second. */
  frameMs(now: LocalMs): number {
    // What the newest frame drew will do: as long as nothing became known the order hardly changes.
    const focused = this.#focusedForecast(this.#drawn?.table ?? this.#table(now));
    if (focused === null || focused.phase === 'gone' || focused.phase === 'runtime') return 1000;
    return probabilityWithin(focused, 1000) > 0.5 ? 500 : 1000;
  }

  /** A local moment by the node's clock, as far as that is known. */
  nodeTime(now: LocalMs): NodeMs {
    return toNodeTime(now, this.#housekeeping.offset);
  }

  readonly watches = (target: Target): boolean => {
    if (isSystem(target)) return false;
    if (this.#focus !== null && targetKey(target) === this.#focus) return true;
    const chosen = this.#chosen();
    if (chosen.length === 0) return this.#targets <= watchAllUpTo;
    return isAmong(target, chosen);
  };

  readonly spent = (requests: number, now: LocalMs): void => this.#plan.spent(requests, now);

  readonly delayMs = (now: LocalMs): number => {
    const at = this.nodeTime(now);
    if (this.#housekeeping.isBehind(this.watches)) return behindMs;
    const watched = this.#housekeeping.forecasts(at, this.watches);
    const first = this.focused(watched);
    const ordered = first === null ? watched : [first, ...watched.filter((forecast) => forecast !== first)];
    // The plan counts in the clock of the forecasts; a jump of it only shortens or stretches one wait.
    return this.#plan.delayMs(at, ordered, this.base.intervalMs);
  };
}
