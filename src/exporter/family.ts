import type {Label, Labels} from './labels.ts';
import type {WaitHistogram} from './wait-histogram.ts';

/** What is said of a metric once, before its series. */
export interface Family {
  /** As Prometheus stores it: a counter's ends with `_total`. */
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
}

/** Writes one scrape in one format, family by family. */
export interface Writer {
  readonly contentType: string;
  /** Begins a family; its series follow. */
  family(family: Family): void;
  /** A series of the family; `extra` is a label beside those of the row. */
  value(labels: Labels, extra: Label | null, value: number): void;
  histogram(labels: Labels, waits: WaitHistogram): void;
  /** The whole scrape. */
  end(): Buffer;
}
