import {cellWidth, truncate} from '../model/draw/width.ts';
import {paintRow, type PaintedRow} from './painted.ts';
import {dimStyle, type Theme} from './theme.tsx';

/**
 * The first row of a pane: its name, what it shows, and at the right how fresh that is. Exactly one row of `width`
 * cells; `left` gives way first. Both texts must be safe to draw already.
 */
export function paneHeader(
  header: {
    readonly title: string;
    readonly left?: string;
    readonly right?: string | undefined;
    readonly rightColor?: string | undefined;
    readonly focused: boolean;
    readonly width: number;
  },
  theme: Theme,
): PaintedRow {
  const {width, focused} = header;
  const title = ` ${header.title} `;
  const right = header.right === undefined || header.right === '' ? '' : ` ${header.right}`;
  const room = width - cellWidth(`─${title}${right}`) - 1;
  const left = fitParts(header.left ?? '', Math.max(0, room - 1));
  const ruleCells = Math.max(0, room - cellWidth(left) - (left === '' ? 0 : 1));
  return paintRow(
    [
      {text: '─', ...dimStyle(theme)},
      {text: title, bold: focused, inverse: focused, color: theme.accent},
      {text: left === '' ? '' : ` ${left}`},
      {text: ` ${'─'.repeat(ruleCells)}`, ...dimStyle(theme)},
      {text: right, color: header.rightColor},
    ],
    width,
  );
}

/** The parts (`5 lines · 2 min`) that fit, whole; the first one alone may be cut, where enough of it is left. */
function fitParts(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  const end = text.lastIndexOf(' · ');
  if (end >= 0) return fitParts(text.slice(0, end), width);
  return width < leastPart ? '' : truncate(text, width);
}

const leastPart = 10;
