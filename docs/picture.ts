// Makes the README's picture from a real run: `node docs/picture.ts [SECONDS] [KTOP ARGUMENT…]` starts the built program
// with its demo in a terminal, lets it live for a while, and writes the cells of its screen to docs/screen.svg.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {TerminalProgram, type Cell} from '../test/e2e/terminal.ts';

const [seconds = '130', ...args] = process.argv.slice(2);
const columns = 116;
const rows = 34;
const cellWidth = 7.8;
const cellHeight = 17;
const margin = 12;
const ink = '#d8dee9';
const paper = '#14171c';
/** The first sixteen of the palette, as a calm dark terminal has them. */
const palette = ['#2b303b', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'].concat([
  '#5c6370',
  '#ef7b85',
  '#a9d18a',
  '#f2d08c',
  '#73bdf7',
  '#d28ce6',
  '#67c5d1',
  '#ffffff',
]);

const levels = [0, 95, 135, 175, 215, 255];

/** xterm's colours behind the first sixteen: a cube, and a ramp of greys. */
function cubeColour(index: number): string {
  const grey = 8 + (index - 232) * 10;
  const parts =
    index >= 232 ? [grey, grey, grey] : [36, 6, 1].map((step) => levels[Math.floor((index - 16) / step) % 6] ?? 0);
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

const shownText = (cell: Cell) => (cell.text === '' ? ' ' : cell.text);
const css = (colour: Cell['colour'], other: string) =>
  typeof colour === 'number' ? (palette[colour] ?? cubeColour(colour)) : (colour ?? other);
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cells of one look that stand side by side. */
interface Run {
  readonly column: number;
  text: string;
  readonly look: string;
  readonly background: string | null;
}

function runsOf(screen: TerminalProgram, row: number): readonly Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = screen.cell(row, column);
    const [front, back] = cell.inverse
      ? [css(cell.background, paper), css(cell.colour, ink)]
      : [css(cell.colour, ink), cell.background === null ? null : css(cell.background, paper)];
    const look = `fill="${front}"${cell.bold ? ' font-weight="bold"' : ''}${cell.dim ? ' opacity="0.6"' : ''}`;
    const last = runs.at(-1);
    if (last?.look === look && last.background === back) last.text += shownText(cell);
    else runs.push({column, text: shownText(cell), look, background: back});
  }
  return runs;
}

/** `textLength` holds the columns together whatever font the reader has. */
function draw(screen: TerminalProgram): string {
  const width = columns * cellWidth + 2 * margin;
  const height = rows * cellHeight + 2 * margin;
  const parts: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const top = margin + row * cellHeight;
    for (const {column, text, look, background} of runsOf(screen, row)) {
      const x = (margin + column * cellWidth).toFixed(1);
      const wide = (text.length * cellWidth).toFixed(1);
      if (background !== null) {
        parts.push(`<rect x="${x}" y="${top}" width="${wide}" height="${cellHeight}" fill="${background}"/>`);
      }
      if (text.trim() === '') continue;
      parts.push(`<text x="${x}" y="${top + 13}" ${look} textLength="${wide}">${escaped(text)}</text>`);
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" role="img">`,
    '<title>ktop watching its demo node</title>',
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13"',
    'lengthAdjust="spacingAndGlyphs" xml:space="preserve">',
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const screen = TerminalProgram.ktop(['--demo', ...args], {columns, rows});
await screen.waitFor('DEMO');
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
const svg = draw(screen);
await screen.dispose();
writeFileSync(join(import.meta.dirname, 'screen.svg'), svg);
process.stdout.write(`docs/screen.svg: ${columns}×${rows}, ${Math.round(svg.length / 1024)} KB\n`);
