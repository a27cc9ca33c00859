import {describe, expect, it} from 'vitest';
import {plotBraille} from '../../../src/model/draw/braille-plot.ts';
import {Canvas, rowText} from '../../../src/model/draw/canvas.ts';
import {drawChart, type ChartOptions} from '../../../src/model/cpu/chart.ts';
import {formatAge, formatBytes, formatCores, figureWidth} from '../../../src/model/draw/units.ts';
import {gridOf, nextWindow, windowsMs} from '../../../src/model/draw/time-grid.ts';
import type {Step} from '../../../src/model/cpu/history.ts';
import {nextTop} from '../../../src/model/draw/scale.ts';
import {bucketsOf, type Buckets} from '../../../src/model/draw/buckets.ts';
import {sparkline} from '../../../src/model/draw/sparkline.ts';
import {statisticsOf} from '../../../src/model/cpu/statistics.ts';
import {noon} from './sample.ts';

const step = (fromS: number, toS: number, milli: number, more: Partial<Step> = {}): Step => ({
  fromMs: noon + fromS * 1_000,
  toMs: noon + toS * 1_000,
  usageNs: (toS - fromS) * milli * 1e6,
  minNanoCores: milli * 1e6,
  maxNanoCores: milli * 1e6,
  minBytes: 2 ** 20,
  maxBytes: 2 ** 20,
  samples: 1,
  tick: true,
  joined: true,
  ...more,
});

const known = (slots: Buckets) =>
  Array.from(slots.mean, (value) => (Number.isNaN(value) ? null : Math.round(value / 1e6)));

describe('the columns of a chart', () => {
  const grid = {startMs: noon, bucketMs: 10_000, count: 10};

  it('share out what the counter grew by, to the last nanosecond', () => {
    const steps = Array.from({length: 70}, (_, i) => step(i * 1.37, (i + 1) * 1.37, 100 + i));
    const slots = bucketsOf(steps, grid, 'cpu');
    const grown = steps.reduce((sum, each) => sum + each.usageNs, 0);
    const drawn = slots.usageNs.reduce((sum, each) => sum + each, 0);
    expect(Math.abs(drawn - grown) / grown).toBeLessThan(1e-9);
  });

  it('are blank where nothing is known: gaps are not painted over', () => {
    const steps = [step(0, 20, 100), step(47, 100, 300, {joined: false})];
    expect(known(bucketsOf(steps, grid, 'cpu'))).toEqual([100, 100, null, null, null, 300, 300, 300, 300, 300]);
  });

  it('show lowest and highest of what lies in them', () => {
    const slots = bucketsOf([step(0, 2, 10), step(2, 4, 900), step(4, 10, 50)], grid, 'cpu');
    expect([slots.low[0], slots.high[0]]).toEqual([10e6, 900e6]);
    expect(slots.mean[0]).toBeCloseTo(212e6, -3);
  });

  it('end on multiples of their length, so that the chart does not shimmer', () => {
    expect(gridOf(noon + 1, 300_000, 60)).toEqual(gridOf(noon + 4_999, 300_000, 60));
    expect(gridOf(noon + 5_001, 300_000, 60).startMs - gridOf(noon + 1, 300_000, 60).startMs).toBe(5_000);
  });

  it('go from a window of two minutes to one of six hours', () => {
    expect([windowsMs[0], windowsMs.at(-1)]).toEqual([120_000, 21_600_000]);
    expect(nextWindow(120_000, -1)).toBe(120_000);
    expect(nextWindow(21_600_000, 1)).toBe(21_600_000);
  });
});

describe('statistics of a window', () => {
  it('weigh by time and leave gaps out', () => {
    const steps = [step(0, 10, 100), step(10, 40, 20), step(100, 110, 900, {joined: false})];
    expect(statisticsOf(steps, noon + 5_000, noon + 60_000, 'cpu')).toEqual({
      mean: (5 * 100e6 + 30 * 20e6) / 35,
      max: 100e6,
    });
    expect(statisticsOf([], 0, 1, 'cpu')).toEqual({mean: Number.NaN, max: Number.NaN});
  });
});

describe('the scale', () => {
  it('grows at once, by steps that are near to the highest value, and shrinks only when much of it is unused', () => {
    expect(nextTop(null, 100e6, 'cpu')).toBe(120e6);
    expect(nextTop(null, 291e6, 'cpu')).toBe(300e6);
    expect(nextTop(120e6, 118e6, 'cpu')).toBe(140e6);
    expect(nextTop(150e6, 110e6, 'cpu')).toBe(150e6);
    expect(nextTop(150e6, 50e6, 'cpu')).toBe(55e6);
    expect(nextTop(null, 95e6, 'cpu', 120e6)).toBe(120e6);
    expect(nextTop(null, Number.NaN, 'cpu')).toBe(1e6);
    expect(nextTop(null, 60 * 2 ** 20, 'memory')).toBe(64 * 2 ** 20);
  });

  it('is at least as high as any value, and round', () => {
    for (let value = 1e5; value < 1e13; value *= 1.37) {
      for (const quantity of ['cpu', 'memory'] as const) {
        const top = nextTop(null, value, quantity);
        expect(top).toBeGreaterThanOrEqual(value);
        expect(top).toBeLessThanOrEqual(Math.max(value * 1.28, 2 ** 20));
      }
    }
  });
});

describe('figures', () => {
  it('are millicores below ten cores, and never wider than their column', () => {
    expect([3.21e6, 250e6, 9_999e6, 12.34e9, null, Number.NaN].map(formatCores)).toEqual([
      '3.2m',
      '250m',
      '9999m',
      '12.3c',
      '–',
      '–',
    ]);
    expect([622_592, 1.5 * 2 ** 30, 999].map(formatBytes)).toEqual(['608Ki', '1.5Gi', '999B']);
    for (let value = 1; value < 1e17; value *= 1.31) {
      expect(formatCores(value).length).toBeLessThanOrEqual(figureWidth);
      expect(formatBytes(value).length).toBeLessThanOrEqual(figureWidth);
      expect(formatAge(value).length).toBeLessThanOrEqual(4);
    }
  });
});

describe('drawing', () => {
  const options: ChartOptions = {
    lines: [
      {
        steps: [step(-100, -60, 100), step(-40, -10, 50, {joined: false})],
        breaksMs: [noon - 40_000],
        ended: false,
        colorIndex: 0,
      },
    ],
    quantity: 'cpu',
    drawing: 'line',
    width: 67,
    height: 8,
    nowMs: noon,
    windowMs: 120_000,
    utcOffsetMs: 2 * 3_600_000,
    top: 120e6,
    rules: [],
    restartsMs: [noon - 90_000],
    tickLine: 0,
  };

  it('leaves a gap between two runs, dashes the axis since the newest sample, and marks ticks and breaks', () => {
    expect(drawChart(options).map((row) => rowText(row).trimEnd())).toEqual([
      '  120m┤',
      '      │          ────────────────────',
      '      │',
      '      │                                        ───────────────',
      '      │',
      '    0m┤',
      '      └───────────────R─────────────┴──────────╳─────────────┴╌╌╌╌╌',
      '   13:58:00       13:58:30       13:59:00       13:59:30',
    ]);
  });

  it('names each of several requests and limits that fall into one row, as far as there is room', () => {
    const rules = [250e6, 240e6, 235e6].map((value, series) => ({kind: 'limit', value, series: [series]}) as const);
    const drawnWith = (width: number) => rowText(drawChart({...options, width, top: 400e6, rules})[2] ?? []).trimEnd();
    expect(drawnWith(67)).toBe(`      │┄ limit A 250m ┄ limit B 240m ┄ limit C 235m ${'┄'.repeat(15)}`);
    expect(drawnWith(40)).toBe('      │┄ limit A 250m ┄ limit B 240m ┄┄┄');
  });

  it.each(['line', 'braille', 'ascii'] as const)('fills just its rectangle at any size (%s)', (drawing) => {
    for (const width of [8, 9, 20, 31, 67, 200]) {
      for (const height of [1, 2, 3, 4, 6, 40]) {
        const rules = [
          {kind: 'limit', value: 110e6, series: []},
          {kind: 'request', value: 30e6, series: [0, 1]},
        ] as const;
        const rows = drawChart({...options, drawing, width, height, rules});
        expect(rows).toHaveLength(height);
        for (const row of rows) expect(rowText(row)).toHaveLength(width);
      }
    }
  });

  it('draws nothing but unknown where there is no step at all', () => {
    const text = drawChart({...options, lines: [{steps: [], breaksMs: [], ended: false, colorIndex: 0}]})
      .map(rowText)
      .join('\n');
    expect(text).toContain('not known yet');
    expect(text).not.toContain('╭');
  });

  it('sets the dots of a braille cell by their place', () => {
    const canvas = new Canvas(2, 1);
    const values = Float64Array.from([0, 1, 3, Number.NaN]);
    plotBraille(canvas, [{mean: values, low: values, high: values, usageNs: values, ticks: []}], [0], 3);
    expect(rowText(canvas.row(0))).toBe('\u28e0\u2807');
  });

  it('draws a row of eight levels, gaps blank and the unknown dashed', () => {
    const high = Float64Array.from([0, 50, 100, Number.NaN, 100, Number.NaN]);
    const slots = {mean: high, low: high, high, usageNs: high, ticks: []};
    expect(sparkline(slots, 100, false, true)).toBe('▁▄█ █╌');
    expect(sparkline(slots, 100, true, true)).toBe('▁▄█ █ ');
    expect(sparkline(slots, 100, false, false)).toMatch(/^[\x20-\x7e]{6}$/);
  });
});
