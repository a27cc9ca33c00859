import {expect, test} from 'vitest';
import {create} from '../../../src/tui/ink/log-update.ts';
import {Drawn, randomOf, randomPiece} from './drawn.ts';

const lineOf = (random: (below: number) => number) =>
  Array.from({length: random(12)}, () => randomPiece(random))
    .join('')
    .trimEnd();

/** The screen that the frame makes on a terminal that has shown nothing yet. */
async function repainted(frame: string, columns: number, rows: number): Promise<string[]> {
  const fresh = new Drawn(columns, rows);
  fresh.write(frame.replace(/\n$/, '').split('\n').join('\r\n'));
  return fresh.cells();
}

test.each([1, 2, 3, 4, 5])(
  'what changed in a frame makes the same screen as the whole frame would (run %i)',
  async (seed) => {
    const random = randomOf(seed * 7919);
    const terminal = new Drawn(60, 12);
    const render = create(terminal);
    let lines = Array.from({length: terminal.rows}, () => lineOf(random));
    for (let frame = 0; frame < 80; frame += 1) {
      const what = random(20);
      if (what === 0) {
        terminal.resize(30 + random(50), 5 + random(12));
        lines = Array.from({length: terminal.rows}, () => lineOf(random));
      } else if (what === 1) render.clear();
      else if (what === 2) {
        // Somebody else had the terminal, a shell for example.
        terminal.write('\u001b[2J\u001b[3;3Hsomething else');
        render.reset();
      } else if (what < 6) lines = scrolled(lines, random);
      else lines = lines.map((line) => (random(4) === 0 ? edited(line, random) : line));
      const text = lines.join('\n') + (random(30) === 0 ? '\n' : '');
      render(text);
      expect(await terminal.cells()).toEqual(await repainted(text, terminal.columns, terminal.rows));
    }
  },
);

/** The lines with some rows of them further up or down, and others in the place that is left. */
function scrolled(lines: readonly string[], random: (below: number) => number): string[] {
  const from = random(lines.length);
  const to = from + random(lines.length - from) + 1;
  const by = random(Math.min(4, to - from));
  const fresh = Array.from({length: by}, () => lineOf(random));
  const inside =
    random(2) === 0 ? [...lines.slice(from + by, to), ...fresh] : [...fresh, ...lines.slice(from, to - by)];
  return [...lines.slice(0, from), ...inside, ...lines.slice(to)];
}

/** The line with a part of it replaced: as a countdown does it, or all of it. */
function edited(line: string, random: (below: number) => number): string {
  if (random(3) === 0) return lineOf(random);
  const at = line.lastIndexOf('s');
  return at < 0 ? `${line}${randomPiece(random)}`.trimEnd() : `${line.slice(0, at)}${random(10)}${line.slice(at + 1)}`;
}

test('after a resize nothing is missing, though the first frame was laid out for the size before', async () => {
  const terminal = new Drawn(21, 2);
  const render = create(terminal);
  const frame = (width: number) =>
    ['cpu 2 pods', 'journal following'].map((row) => row.padStart(width, '─')).join('\n');
  render(frame(21));
  terminal.resize(20, 2);
  render(frame(21));
  render(frame(20));
  expect(await terminal.cells()).toEqual(await repainted(frame(20), 20, 2));
});

test('rows that only moved up or down are moved by the terminal', () => {
  let written = '';
  const render = create({columns: 80, rows: 6, write: (text: string) => (written += text)});
  const rows = (first: number) => Array.from({length: 4}, (_, row) => `line ${first + row} of the journal`);
  render(['head', ...rows(1), 'foot'].join('\n'));
  written = '';
  render(['head', ...rows(2), 'foot'].join('\n'));
  expect(written).toBe('\u001b[2;5r\u001b[2;1H\u001b[1M\u001b[r\u001b[5;1Hline 5 of the journal');
  written = '';
  render(['head', ...rows(1), 'foot'].join('\n'));
  expect(written).toBe('\u001b[2;5r\u001b[2;1H\u001b[1L\u001b[r\u001b[2;1Hline 1 of the journal');
});

test('a countdown costs its own cells and nothing else, a frame like the one before nothing at all', () => {
  let written = '';
  const render = create({columns: 80, rows: 2, write: (text: string) => (written += text)});
  const frame = (seconds: number) => `\u001b[1mweb\u001b[22m  in ${seconds} s  ${'─'.repeat(60)}\nsecond line`;
  render(frame(8));
  written = '';
  render(frame(7));
  expect(written).toBe('\u001b[1;9H7');
  written = '';
  expect(render(frame(7))).toBe(false);
  expect(written).toBe('');
});
