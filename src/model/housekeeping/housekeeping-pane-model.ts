import type {Event} from '../event.ts';
import {PollPlan, unseenPollMs} from './poll-plan.ts';
import {isUnanswered} from '../failure.ts';
import {isAmong, isSystem, type Target, targetKey} from '../target.ts';
import {type ClockOffset, type LocalMs, nodeMs, type NodeMs, toNodeTime} from '../time.ts';
import {type Figures, type Forecast, probabilityWithin} from './forecast.ts';
import {forecastLine} from './forecast-line.ts';
import type {ForecastTable, TableRow} from './forecast-table.ts';
import {Housekeeping} from './housekeeping.ts';
import {type HousekeepingView, housekeepingView} from './pane-view.ts';
import {TableOrders, type Ordered, type TableOrder} from './table-order.ts';

/** Without a choice of the user's, a node with so few targets is watched whole. */
const watchAllUpTo = 6;
/** So long the row of a node among many lives from one table. */
const rowMs = 5000;
/** The kubelet's line told of a new sample: it is fetched so soon. */
const behindMs = 150;
/** Clocks further apart have no time in common under which anything could be found. */
const mostSkewMs = 60_000;

/** What was folded up to a moment, to go back to. */
export interface KeptHousekeeping {
  readonly housekeeping: Housekeeping;
  readonly isPolled: boolean;
  readonly targets: number;
  readonly lost: 'no answer' | 'no figures' | null;
  readonly isPartial: boolean;
  readonly polled: PolledAt | null;
}

/** When the newest poll was complete, and when it had shown the newest samples. */
interface PolledAt {
  readonly receivedAt: LocalMs;
  readonly shownAt: LocalMs;
}

/**
 * The model behind the housekeeping pane: folds the events into the forecast, knows which targets the user looks at,
 * and paces the polls after them.
 */
export class HousekeepingPaneModel {
  #housekeeping = new Housekeeping();
  readonly #plan = new PollPlan();
  readonly #chosen: () => readonly Target[];
  #focus: Target | null = null;
  #targets = 0;
  readonly #orders = new TableOrders();
  #order: TableOrder = 'name';
  #shown: HousekeepingView | null = null;
  #isPolled = false;
  /** Why no figures come now: nobody answers, or there are none in the answers. */
  #lost: 'no answer' | 'no figures' | null = null;
  #isPartial = false;
  #polled: PolledAt | null = null;
  /** The table of the newest moment that was asked for: one frame asks more than once. */
  #drawn: {readonly now: LocalMs; readonly table: ForecastTable} | null = null;
  #ordered: {readonly table: ForecastTable; readonly ordered: Ordered} | null = null;

  /** `chosen` tells which targets the user has chosen; none while there is no choice. */
  constructor(chosen: () => readonly Target[] = () => []) {
    this.#chosen = chosen;
  }

  /** `--housekeeping-interval` as far as it is known, and how sure that is. */
  get base(): Housekeeping['base'] {
    return this.#housekeeping.base;
  }

  /** What the figures of a target's newest sample are worth; null where it has no timer that is followed. */
  figuresOf(target: Target): Figures | null {
    return this.#housekeeping.figuresOf(target);
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
        this.#lost = 'failure' in event.state ? (isUnanswered(event.state.failure) ? 'no answer' : 'no figures') : null;
        return;
      case 'poll':
        this.#drawn = null;
        this.#isPolled = true;
        this.#isPartial = event.poll.isPartial === true;
        this.#polled = {receivedAt: event.poll.receivedAt, shownAt: event.poll.shownAt ?? event.poll.receivedAt};
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
    return {
      housekeeping: this.#housekeeping.copy(),
      targets: this.#targets,
      isPolled: this.#isPolled,
      lost: this.#lost,
      isPartial: this.#isPartial,
      polled: this.#polled,
    };
  }

  /** As if nothing had been folded since. What the user chose stays. */
  goBack({housekeeping, targets, isPolled, lost, isPartial, polled}: KeptHousekeeping): void {
    const {onWait} = this.#housekeeping;
    this.#housekeeping = housekeeping.copy(this.#housekeeping);
    this.#housekeeping.onWait = onWait;
    this.#isPolled = isPolled;
    this.#targets = targets;
    this.#lost = lost;
    this.#isPartial = isPartial;
    this.#polled = polled;
    this.#drawn = null;
    this.#ordered = null;
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
   * is for the moment when the node's clock shows that time, and given that no tick came before. Those for the newest poll
   * are dated by the answer that showed its samples, which need not be its last.
   */
  readonly lines = (
    asked: LocalMs,
    wanted: (target: Target) => boolean = () => true,
  ): {target: Target; line: string}[] => {
    const now = this.#polled?.receivedAt === asked ? this.#polled.shownAt : asked;
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
    const focus = this.#focus === null ? null : targetKey(this.#focus);
    const focused = focus === null ? undefined : rows.find(({target}) => targetKey(target) === focus);
    const watches = this.#watching();
    const watched = focused ?? rows.find(({target}) => watches(target)) ?? null;
    return watched ?? (this.#chosen().length === 0 ? (rows[0] ?? null) : null);
  }

  #focusedForecast(table: ForecastTable): Forecast | null {
    const row = this.focused(table.rows);
    return row === null ? null : table.forecast(row);
  }

  /** Gives the large countdown to a target; null to the watched one that ticks next. */
  focus(target: Target | null): void {
    this.#focus = target;
  }

  /** The target that is counted down now; null where none is. */
  aimedAt(now: LocalMs): Target | null {
    return this.#focusedForecast(this.#table(now))?.target ?? null;
  }

  /** The target that the user has picked out to be counted down; null: whatever is next. */
  get aimed(): Target | null {
    return this.#focus;
  }

  /** Picks a target out, or no longer where it was. */
  toggleFocus(target: Target): void {
    const isFocused = this.#focus !== null && targetKey(this.#focus) === targetKey(target);
    this.focus(isFocused ? null : target);
  }

  /** Whose row of the newest picture it is, counted from 0 below the header; null where it is of none alone. */
  targetAt(row: number): Target | null {
    const drawn = this.#shown?.rows[row];
    return drawn === undefined ? null : (this.#shown?.owners.get(drawn) ?? null);
  }

  /** Gives it to the target so many rows further down in the table as it is drawn now. */
  move(rows: number, now: LocalMs): void {
    const table = this.#table(now);
    const {watched, others} = this.#inOrder(table);
    const drawn = [...watched, ...others];
    const focused = this.focused(table.rows);
    const at = focused === null ? 0 : drawn.indexOf(focused);
    const to = Math.min(drawn.length - 1, Math.max(0, at + rows));
    this.focus(drawn[to]?.target ?? null);
  }

  /** Has the table in the order of the names, which stays, or in that of the next ticks; says which. */
  toggleOrder(): string {
    this.#order = this.#order === 'name' ? 'next' : 'name';
    this.#ordered = null;
    return this.#order === 'name' ? 'targets by name' : 'targets by their next tick';
  }

  #inOrder(table: ForecastTable): Ordered {
    if (this.#ordered?.table === table) return this.#ordered.ordered;
    const ordered = this.#orders.inOrder(table.rows, this.#watchedKeys(), this.#order);
    this.#ordered = {table, ordered};
    return ordered;
  }

  /** What stands first in the table: what was chosen. That a target is counted down does not move it there. */
  #watchedKeys(): ReadonlySet<string> | null {
    const chosen = this.#chosen();
    if (chosen.length > 0) return new Set(chosen.map(targetKey));
    return this.#targets <= watchAllUpTo ? null : new Set();
  }

  /** What the pane draws in `height` rows below its header. */
  view(size: {readonly width: number; readonly height: number}, now: LocalMs, unicode: boolean): HousekeepingView {
    const table = this.#table(now);
    const focused = this.#focusedForecast(table);
    const silence = this.#lost ?? (this.#isPolled ? null : 'not asked yet');
    const system = this.#chosen().filter(isSystem);
    const {base} = this;
    const isPartial = this.#isPartial;
    const ordered = this.#inOrder(table);
    const next = ordered.watched.reduce<TableRow | null>(
      (soonest, row) => (row.isGone || (soonest !== null && soonest.medianMs <= row.medianMs) ? soonest : row),
      null,
    );
    this.#shown = housekeepingView({...size, unicode, table, ordered, next, focused, silence, isPartial, base, system});
    return this.#shown;
  }

  /** In how many ms the next tick of what is watched has come as likely as not; null where none can be told. */
  nextTickMs(now: LocalMs): number | null {
    // What the newest table says will do for seconds: a row of many is no countdown.
    const drawn = this.#drawn;
    const table = drawn !== null && now - drawn.now < rowMs ? drawn.table : this.#table(now);
    const row = this.focused(table.rows);
    return row === null || row.isGone ? null : row.medianMs - this.nodeTime(now);
  }

  /**
   * How long the picture stays true, in ms: a countdown near its end moves smoothly, another once a second. Where many are
   * watched and none was picked out some tick is always near: the countdown is another one's each time, and never smooth.
   */
  frameMs(now: LocalMs): number {
    if (this.#focus === null && this.#chosen().length > watchAllUpTo) return 1000;
    // What the newest frame drew will do: as long as nothing became known the order hardly changes.
    const focused = this.#focusedForecast(this.#drawn?.table ?? this.#table(now));
    if (focused === null || focused.phase === 'gone' || focused.phase === 'runtime') return 1000;
    return probabilityWithin(focused, 1000) > 0.5 ? 500 : 1000;
  }

  /** A local moment by the node's clock, as far as that is known. */
  nodeTime(now: LocalMs): NodeMs {
    return toNodeTime(now, this.#housekeeping.offset);
  }

  readonly watches = (target: Target): boolean => this.#watching()(target);

  /** The same for many targets one after the other: what is chosen is asked for once. */
  #watching(): (target: Target) => boolean {
    const focus = this.#focus === null ? null : targetKey(this.#focus);
    const chosen = this.#chosen();
    const watchesAll = chosen.length === 0 && this.#targets <= watchAllUpTo;
    const byPod = Map.groupBy(chosen, ({pod}) => pod);
    return (target) => {
      if (isSystem(target)) return false;
      const ofPod = byPod.get(target.pod);
      if (watchesAll || (ofPod !== undefined && isAmong(target, ofPod))) return true;
      return focus !== null && targetKey(target) === focus;
    };
  }

  /** How seldom may be polled, in ms, where nobody looks and yet no tick shall be missed: each poll shows the newest. */
  get unseenMs(): number {
    return unseenPollMs(this.base.intervalMs);
  }

  readonly spent = (requests: number, now: LocalMs): void => this.#plan.spent(requests, now);

  readonly delayMs = (now: LocalMs): number => {
    const at = this.nodeTime(now);
    const watches = this.#watching();
    if (this.#housekeeping.isBehind(watches)) return behindMs;
    const watched = this.#housekeeping.forecasts(at, watches);
    const first = this.focused(watched);
    const ordered = first === null ? watched : [first, ...watched.filter((forecast) => forecast !== first)];
    // The plan counts in the clock of the forecasts; a jump of it only shortens or stretches one wait.
    return this.#plan.delayMs(at, ordered, this.base.intervalMs);
  };
}
