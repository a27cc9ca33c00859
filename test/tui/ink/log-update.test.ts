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

test.each([1, 2, 3])(
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
      } else if (what === 3) lines = [...lines.slice(1), lineOf(random)];
      else lines = lines.map((line) => (random(4) === 0 ? edited(line, random) : line));
      const text = lines.join('\n') + (random(30) === 0 ? '\n' : '');
      render(text);
      expect(await terminal.cells()).toEqual(await repainted(text, terminal.columns, terminal.rows));
    }
  },
);

/** The line with a part of it replaced: as a countdown does it, or all of it. */
function edited(line: string, random: (below: number) => number): string {
  if (random(3) === 0) return lineOf(random);
  const at = line.lastIndexOf('s');
  return at < 0 ? `${line}${randomPiece(random)}`.trimEnd() : `${line.slice(0, at)}${random(10)}${line.slice(at + 1)}`;
}

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
