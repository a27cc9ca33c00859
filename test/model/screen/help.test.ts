import {expect, test} from 'vitest';
import {HelpView, type HelpPage} from '../../../src/model/screen/help.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';

const line = (n: number) => ({keys: `${n}`, what: `${'does much and more '.repeat(5)}${n}`, disabled: null});
const sections = [{title: 'Everywhere', lines: Array.from({length: 30}, (_, n) => line(n))}];

const texts = ({columns}: HelpPage) => columns.flatMap((rows) => rows.map(({text}) => text.trim()));

test('every word of every key can be read at any size: lines wrap, and what does not fit is scrolled to', () => {
  for (const [width, height] of [
    [60, 15],
    [120, 40],
    [200, 60],
  ] as const) {
    const view = new HelpView();
    const first = view.page(sections, {width, height});
    expect(texts(first)[0]).toBe('Everywhere');
    for (const rows of first.columns) expect(rows.length).toBeLessThan(height);
    for (const {text} of first.columns.flat()) expect(cellWidth(text)).toBeLessThanOrEqual(width);
    expect(texts(first).join(' ')).not.toContain('…');
    view.move(10_000);
    expect(texts(view.page(sections, {width, height})).at(-1)).toMatch(/29$/);
    // The end was not overshot: one step back is seen at once.
    const end = texts(view.page(sections, {width, height}));
    view.move(-1);
    if (first.header.includes('scroll')) expect(texts(view.page(sections, {width, height}))).not.toEqual(end);
  }
});
