import type {Target} from '../target.ts';
import type {Forecast} from './forecast.ts';

/** A target's place in the table: what orders it, and what is asked of all of them. */
export interface TableRow {
  readonly key: string;
  readonly target: Target;
  /** When its next tick comes, as likely as not (unix ms, the node's clock); of one that is gone the end of time. */
  readonly medianMs: number;
  readonly isGone: boolean;
  /** How many waits of it were seen. */
  readonly waits: number;
}

/**
 * All targets of one moment, the next tick first, those that are gone last. A node has hundreds and a screen shows some
 * twenty: a forecast is made when a row is asked for it.
 */
export class ForecastTable {
  /** In the order of the table. */
  readonly rows: readonly TableRow[];
  readonly #make: (key: string) => Forecast | null;
  readonly #made = new Map<string, Forecast>();
  #all: readonly Forecast[] | null = null;

  /** Takes the rows in their order; `make` gives the forecast of a target for the table's moment. */
  constructor(rows: readonly TableRow[], make: (key: string) => Forecast | null) {
    this.rows = rows;
    this.#make = make;
  }

  /** The forecast of a row; null only for a target that was forgotten since. */
  forecast({key}: TableRow): Forecast | null {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key);
    if (made !== null) this.#made.set(key, made);
    return made;
  }

  /** The forecasts of all rows. */
  get all(): readonly Forecast[] {
    this.#all ??= this.rows.map((row) => this.forecast(row)).filter((forecast) => forecast !== null);
    return this.#all;
  }
}
