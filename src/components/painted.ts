import chalk from 'chalk';
import {clip, safeLine} from '../model/draw/safe-text.ts';
import {cellWidth, sliceCells} from '../model/draw/width.ts';

/** How a piece of text looks; what is left out is as the terminal has it. */
interface Style {
  readonly color?: string | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

/** A piece of text in one style. */
export interface StyledText extends Style {
  readonly text: string;
}

/** A finished row of the screen: text with its colours in it, and the cells that it takes. Nobody measures it again. */
export interface PaintedRow {
  readonly text: string;
  readonly width: number;
}

/** No screen is wider, whatever does not show is counted in. */
const mostCharacters = 16_384;

/**
 * Paints a row of at most `width` cells; what is longer is cut and the cut marked. As the component `Text` it lets
 * nothing through that a terminal would obey.
 */
export function paintRow(pieces: readonly StyledText[], width: number): PaintedRow {
  const safe = pieces.map(({text}) => safeLine(clip(text, mostCharacters)));
  const cells = safe.map(cellWidth);
  const all = cells.reduce((sum, one) => sum + one, 0);
  const room = all > width ? width - 1 : width;
  let painted = '';
  let column = 0;
  for (const [index, piece] of pieces.entries()) {
    const text = safe[index] ?? '';
    const end = column + (cells[index] ?? 0);
    if (end > room && all > width) {
      const cut = width < 1 ? '' : `${sliceCells(text, 0, room - column)}…`;
      return {text: painted + styled(cut, piece), width: column + cellWidth(cut)};
    }
    painted += styled(text, piece);
    column = end;
  }
  return {text: painted, width: column};
}

function styled(text: string, {color, bold = false, dim = false, inverse = false, underline = false}: Style): string {
  if (text === '') return '';
  const weight = `${bold ? 'b' : ''}${dim ? 'd' : ''}${inverse ? 'i' : ''}${underline ? 'u' : ''}`;
  if (color === undefined && weight === '') return text;
  const key = `${weight}${color ?? ''}`;
  let around = known.get(key);
  if (around === undefined) {
    around = codesOf({color, bold, dim, inverse, underline});
    known.set(key, around);
  }
  return around[0] + text + around[1];
}

/** The codes before and behind a text, by its style: themes have few. */
const known = new Map<string, readonly [string, string]>();

function codesOf({color, bold, dim, inverse, underline}: Style): readonly [string, string] {
  let text = placeholder;
  if (dim) text = chalk.dim(text);
  if (color !== undefined) text = colored(color, text);
  if (bold) text = chalk.bold(text);
  if (underline) text = chalk.underline(text);
  if (inverse) text = chalk.inverse(text);
  const [before = '', after = ''] = text.split(placeholder);
  return [before, after];
}

const placeholder = 'x';

function colored(color: string, text: string): string {
  if (color.startsWith('#')) return chalk.hex(color)(text);
  const index = /^ansi256\((\d+)\)$/.exec(color)?.[1];
  if (index !== undefined) return chalk.ansi256(Number(index))(text);
  const named = namedColors.find((name) => name === color);
  return named === undefined ? text : chalk[named](text);
}

const namedColors = [
  ...(['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'gray'] as const),
  ...(['redBright', 'greenBright', 'blueBright', 'magentaBright', 'cyanBright'] as const),
];

/**
 * A painter that remembers: rows that stay the same object as long as they look the same are painted once in each theme
 * (any object) and width.
 */
export function rememberRows<Row extends object, Theme extends object>(
  piecesOf: (row: Row, theme: Theme) => readonly StyledText[],
): (row: Row, theme: Theme, width: number) => PaintedRow {
  const themes = new WeakMap<Theme, WeakMap<Row, {readonly room: number; readonly painted: PaintedRow}>>();
  return (row, theme, width) => {
    let rows = themes.get(theme);
    if (rows === undefined) themes.set(theme, (rows = new WeakMap()));
    const before = rows.get(row);
    if (before?.room === width) return before.painted;
    const painted = paintRow(piecesOf(row, theme), width);
    rows.set(row, {room: width, painted});
    return painted;
  };
}
