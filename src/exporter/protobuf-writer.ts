import type {Family, Writer} from './family.ts';
import type {Label, Labels} from './labels.ts';
import {ProtobufBytes} from './protobuf-bytes.ts';
import {classicBounds, schema, zeroThreshold, type WaitHistogram} from './wait-histogram.ts';

/** `MetricType` of `io.prometheus.client` (prometheus/client_model, `metrics.proto`). */
const types = {counter: 0, gauge: 1, histogram: 4};
/** A gap of so many empty buckets is written as zeros: a new span would take more. */
const gapFilled = 2;

/**
 * Prometheus' protobuf format: `MetricFamily` messages, each behind its length. It is the only one in which Prometheus
 * reads native histograms; the classic buckets go along. The field numbers are those of `metrics.proto`.
 */
export class ProtobufWriter implements Writer {
  readonly contentType = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
  readonly #all = new ProtobufBytes();
  #family: Family | null = null;
  #message = new ProtobufBytes();
  #isEmpty = true;
  /** The labels of a row are encoded once a scrape. */
  readonly #encoded = new WeakMap<Labels, Uint8Array>();

  /** Begins a family. */
  family(family: Family): void {
    this.#finish();
    this.#family = family;
    this.#message.clear();
    this.#message.text(1, family.name);
    this.#message.text(2, family.help);
    this.#message.varint(3, types[family.kind]);
    this.#isEmpty = true;
  }

  /** A series of a gauge (field 2 of `Metric`) or a counter (3); each has its value in field 1. */
  value(labels: Labels, extra: Label | null, value: number): void {
    this.#metric(labels, extra, (metric) => {
      metric.message(this.#family?.kind === 'counter' ? 3 : 2, (figure) => figure.double(1, value));
    });
  }

  /** `Histogram` (field 7 of `Metric`): native and classic. */
  histogram(labels: Labels, waits: WaitHistogram): void {
    this.#metric(labels, null, (metric) => {
      metric.message(7, (histogram) => {
        histogram.varint(1, waits.count);
        histogram.double(2, waits.sum);
        const classic = [...waits.cumulative(), waits.count];
        for (const [i, count] of classic.entries()) {
          histogram.message(3, (bucket) => {
            bucket.varint(1, count);
            bucket.double(2, classicBounds[i] ?? Number.POSITIVE_INFINITY);
          });
        }
        histogram.signed(5, schema);
        histogram.double(6, zeroThreshold);
        histogram.varint(7, 0);
        const {spans, deltas} = spansOf(waits.buckets());
        for (const {offset, length} of spans) {
          histogram.message(12, (span) => {
            span.signed(1, offset);
            span.varint(2, length);
          });
        }
        for (const delta of deltas) histogram.signed(13, delta);
      });
    });
  }

  /** The whole scrape. */
  end(): Buffer {
    this.#finish();
    return Buffer.from(this.#all.taken());
  }

  #metric(labels: Labels, extra: Label | null, fill: (metric: ProtobufBytes) => void): void {
    this.#isEmpty = false;
    this.#message.message(4, (metric) => {
      metric.raw(this.#labels(labels));
      if (extra !== null) label(metric, extra);
      fill(metric);
    });
  }

  #labels(labels: Labels): Uint8Array {
    const known = this.#encoded.get(labels);
    if (known !== undefined) return known;
    const bytes = new ProtobufBytes();
    for (const pair of labels.pairs) label(bytes, pair);
    const encoded = bytes.taken();
    this.#encoded.set(labels, encoded);
    return encoded;
  }

  /** A family without series is not allowed. */
  #finish(): void {
    if (!this.#isEmpty) this.#all.delimited(this.#message);
    this.#isEmpty = true;
  }
}

function label(into: ProtobufBytes, [name, value]: Label): void {
  into.message(1, (pair) => {
    pair.text(1, name);
    pair.text(2, value);
  });
}

/**
 * The spans of populated buckets and the difference of each bucket to the one before. The first span's offset is its
 * bucket's index, that of each further one the gap before it.
 */
function spansOf(buckets: readonly (readonly [index: number, count: number])[]) {
  const spans: {offset: number; length: number}[] = [];
  const deltas: number[] = [];
  let next = 0;
  let last = 0;
  for (const [index, count] of buckets) {
    const open = spans.at(-1);
    const gap = index - next;
    if (open === undefined || gap > gapFilled) spans.push({offset: gap, length: 1});
    else {
      for (let i = 0; i < gap; i++) {
        deltas.push(-last);
        last = 0;
      }
      open.length += gap + 1;
    }
    deltas.push(count - last);
    last = count;
    next = index + 1;
  }
  return {spans, deltas};
}
