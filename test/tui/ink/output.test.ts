import StockOutput from 'ink-stock/output.js';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import Output from '../../../src/tui/ink/output.ts';
import {Drawn, randomOf, randomPiece} from './drawn.ts';

async function screenOf(frame: string): Promise<string[]> {
  const terminal = new Drawn(50, 10);
  terminal.write(frame.split('\n').join('\r\n'));
  return terminal.cells();
}

test('finished rows beside, under and over other text make the screen that Ink would make of them', async () => {
  const random = randomOf(4711);
  for (let frame = 0; frame < 60; frame += 1) {
    const ours = new Output({width: 50, height: 10});
    const stock = new StockOutput({width: 50, height: 10});
    let clips = 0;
    for (let step = 0; step < 8; step += 1) {
      const [x, y] = [random(50) - 2, random(12) - 1];
      const text = Array.from({length: 1 + random(4)}, () => randomPiece(random)).join('');
      const kind = random(8);
      if (kind === 0) {
        const clip = {x1: random(20), x2: 20 + random(30), y1: random(4), y2: 4 + random(6)};
        ours.clip(clip);
        stock.clip(clip);
        clips += 1;
      } else if (kind === 1 && clips > 0) {
        ours.unclip();
        stock.unclip();
        clips -= 1;
      } else if (kind < 4) {
        const lines = random(2) === 0 ? text : `${text}\nsecond`;
        ours.write(x, y, lines, {transformers: []});
        stock.write(x, y, lines, {transformers: []});
      } else {
        const rows = [text, '', text].map((row) => ({text: row, width: stringWidth(row)}));
        ours.paint(x, y, rows);
        for (const [index, row] of rows.entries()) stock.write(x, y + index, row.text, {transformers: []});
      }
    }
    expect(await screenOf(ours.get().output)).toEqual(await screenOf(stock.get().output));
  }
});
