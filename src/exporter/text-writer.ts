import type {Family, Writer} from './family.ts';
import {labelText, type Label, type Labels} from './labels.ts';
import {classicBounds, type WaitHistogram} from './wait-histogram.ts';

/**
 * The two text formats: Prometheus text 0.0.4, and OpenMetrics 1.0, in which a counter's family has no `_total`, a unit is
 * told, and the end is marked. Neither can carry native histograms.
 */
export class TextWriter implements Writer {
  readonly contentType: string;
  readonly #isOpen: boolean;
  #text = '';
  #name = '';

  constructor(format: 'openmetrics' | 'text') {
    this.#isOpen = format === 'openmetrics';
    this.contentType = this.#isOpen
      ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8';
  }

  /** Begins a family. */
  family({name, help, kind}: Family): void {
    this.#name = name;
    const told = this.#isOpen && kind === 'counter' ? name.replace(/_total$/, '') : name;
    this.#text += `# HELP ${told} ${help}\n# TYPE ${told} ${kind}\n`;
    const unit = /_(seconds|bytes)$/.exec(told)?.[1];
    if (this.#isOpen && unit !== undefined) this.#text += `# UNIT ${told} ${unit}\n`;
  }

  /** A series of a gauge or a counter. */
  value(labels: Labels, extra: Label | null, value: number): void {
    this.#line('', labels, extra, value);
  }

  /** The classic histogram. */
  histogram(labels: Labels, waits: WaitHistogram): void {
    for (const [i, count] of waits.cumulative().entries()) {
      this.#line('_bucket', labels, ['le', bound(classicBounds[i] ?? 0)], count);
    }
    this.#line('_bucket', labels, ['le', '+Inf'], waits.count);
    this.#line('_sum', labels, null, waits.sum);
    this.#line('_count', labels, null, waits.count);
  }

  /** The whole scrape. */
  end(): Buffer {
    return Buffer.from(this.#isOpen ? `${this.#text}# EOF\n` : this.#text);
  }

  #line(suffix: string, labels: Labels, extra: Label | null, value: number): void {
    const own = extra === null ? '' : labelText(extra);
    const comma = own !== '' && labels.text !== '' ? ',' : '';
    const all = own === '' && labels.text === '' ? '' : `{${labels.text}${comma}${own}}`;
    this.#text += `${this.#name}${suffix}${all} ${number(value)}\n`;
  }
}

/** OpenMetrics wants floats in `le`; Prometheus takes `5` and `5.0` for two series. */
function bound(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
