import type {NodeMs} from '../time.ts';
import type {KeptForecast} from './forecast.ts';
import type {Forecaster} from './forecast-of.ts';
import type {TableRow} from './forecast-table.ts';
import type {PollMoment} from './poll-moment.ts';
import type {TargetTrack} from './target-track.ts';

/** The place of one target, with what it was taken from: as long as that holds the place need not be looked for. */
interface Place {
  readonly track: TargetTrack;
  /** Who was seen first stands first among equals. */
  readonly ordinal: number;
  row: TableRow;
  kept: KeptForecast | null;
  /** Until its window opens silence says nothing: then the median stays. */
  opensMs: number;
}

/**
 * The order of all targets by their next tick, from moment to moment. A node has hundreds of targets, and from one poll
 * to the next a few of them tick: the others keep their places, or, in their windows, move slowly.
 */
export class TickOrder {
  readonly #forecaster: Forecaster;
  readonly #places: Place[] = [];
  #added = 0;

  constructor(forecaster: Forecaster) {
    this.#forecaster = forecaster;
  }

  /** A target was seen for the first time. */
  add(track: TargetTrack): void {
    const row = {key: track.key, target: track.target, medianMs: Number.NaN, isGone: false, waits: 0};
    this.#places.push({track, ordinal: this.#added++, row, kept: null, opensMs: Number.NEGATIVE_INFINITY});
  }

  /** A target is forgotten. */
  remove(track: TargetTrack): void {
    const at = this.#places.findIndex((place) => place.track === track);
    if (at >= 0) this.#places.splice(at, 1);
  }

  /** A row for each target, the next tick first, those last that the newest poll did not name. */
  rows(polled: PollMoment | null, now: NodeMs): readonly TableRow[] {
    for (const place of this.#places) this.#settle(place, polled, now);
    this.#places.sort(before);
    return this.#places.map(({row}) => row);
  }

  #settle(place: Place, polled: PollMoment | null, now: NodeMs): void {
    const {track, row} = place;
    if (polled !== null && track.polled !== polled && track.polled.receivedMs < polled.receivedMs) {
      if (!row.isGone) this.#move(place, Number.MAX_VALUE, true);
      return;
    }
    const kept = this.#forecaster.kept(track, now);
    if (kept === null) {
      const {medianMs} = this.#forecaster.make(track, polled, now).next;
      this.#move(place, medianMs, false);
      return;
    }
    if (kept !== place.kept) {
      place.kept = kept;
      place.opensMs = kept.window?.opensMs ?? Infinity;
      this.#move(place, now <= place.opensMs ? kept.next.medianMs : kept.next.medianGiven(now), false);
    } else if (now > place.opensMs) this.#move(place, kept.next.medianGiven(now), false);
    else if (row.isGone || row.medianMs !== kept.next.medianMs) this.#move(place, kept.next.medianMs, false);
  }

  #move(place: Place, medianMs: number, isGone: boolean): void {
    const {track} = place;
    if (isGone) place.kept = null;
    place.row = {key: track.key, target: track.target, medianMs, isGone, waits: track.waits.length};
  }
}

function before(a: Place, b: Place): number {
  return a.row.medianMs - b.row.medianMs || a.ordinal - b.ordinal;
}
