import type {LocalMs} from '../model/time.ts';
import type {Writer} from './family.ts';
import {nodeFigures, ownFigures, rowFigures, waitFamilies, type Figure} from './families.ts';
import {noLabels, type Labels} from './labels.ts';
import type {NodeMetrics} from './node-metrics.ts';
import {processCost} from './own-cost.ts';
import type {SeriesBudget} from './series-budget.ts';
import {seriesPerRow} from './target-rows.ts';

/** All nodes of one exporter, and the one scrape that is made of them. */
export class Registry {
  readonly budget: SeriesBudget;
  /** How often each node is asked, in ms; null where the forecast decides it. */
  pollMs: number | null = null;
  /** Scrapes that were answered, and those that were not. */
  scrapes = 0;
  refused = 0;
  readonly #nodes = new Set<NodeMetrics>();

  constructor(budget: SeriesBudget) {
    this.budget = budget;
  }

  /** Tells of a node from now on. */
  add(node: NodeMetrics): void {
    this.#nodes.add(node);
  }

  /** Tells of it no more. */
  remove(node: NodeMetrics): void {
    this.#nodes.delete(node);
    node.end();
  }

  /** Writes all series as they are now. */
  write(writer: Writer, now: LocalMs): Buffer {
    const nodes = [...this.#nodes].filter(({hasRoom}) => hasRoom);
    const ofNodes = nodes.map((node) => ({labels: node.labels, of: node}));
    const readings = nodes.flatMap((node) => node.readings(now));
    const ofRows = readings.map(({row, forecast}) => ({labels: row.labels, of: forecast}));
    for (const figure of nodeFigures) writeFigure(writer, figure, ofNodes, now);
    writer.family(waitFamilies.node);
    for (const {labels, waits} of nodes) writer.histogram(labels, waits);
    for (const figure of rowFigures) writeFigure(writer, figure, ofRows, now);
    writer.family(waitFamilies.row);
    for (const {row} of readings) writer.histogram(row.labels, row.waits);
    const own = {
      ...processCost(),
      nodes: this.#nodes.size,
      pollSeconds: this.pollMs === null ? null : this.pollMs / 1000,
      series: this.budget.used,
      dropped: [...this.#nodes].reduce((sum, node) => sum + node.dropped(seriesPerRow), 0),
      scrapes: this.scrapes,
      refused: this.refused,
    };
    for (const figure of ownFigures) writeFigure(writer, figure, [{labels: noLabels, of: own}], now);
    return writer.end();
  }
}

function writeFigure<Of>(
  writer: Writer,
  figure: Figure<Of>,
  all: readonly {readonly labels: Labels; readonly of: Of}[],
  now: LocalMs,
): void {
  writer.family(figure);
  for (const {labels, of} of all) {
    for (const [extra, value] of figure.values(of, now)) if (value !== null) writer.value(labels, extra, value);
  }
}
