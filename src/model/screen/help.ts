import {cellWidth, fit, wrapWords} from '../draw/width.ts';
import {Scroll} from './scroll.ts';

interface HelpLine {
  readonly keys: string;
  readonly what: string;
  /** The reason where the key does nothing now. */
  readonly disabled: string | null;
}

export interface HelpSection {
  readonly title: string;
  readonly lines: readonly HelpLine[];
}

export interface HelpRow {
  readonly text: string;
  readonly tone: 'title' | 'plain' | 'dim';
}

/** The help as it fills a screen: a header, and below it columns of rows, each just as wide as its column. */
export interface HelpPage {
  readonly header: string;
  readonly columns: readonly (readonly HelpRow[])[];
}

/** A column is wide enough for most sentences. */
const columnWidth = 56;

/** Where the reader of the help is. */
export class HelpView extends Scroll {
  /** Flows the sections through as many columns as there is room for; what does not fit is scrolled to. */
  page(sections: readonly HelpSection[], size: {readonly width: number; readonly height: number}): HelpPage {
    const count = Math.max(1, Math.floor(size.width / columnWidth));
    const width = Math.floor(size.width / count);
    const rows = rowsOf(sections, width);
    const room = size.height - 1;
    const shown = room * count;
    const first = this.firstOf(rows.length, shown);
    const to = Math.min(rows.length, first + shown);
    const where = rows.length > shown ? ` · ${first + 1}–${to} of ${rows.length}, arrows scroll` : '';
    const columns = Array.from({length: count}, (_, i) => rows.slice(first + i * room, first + (i + 1) * room));
    return {header: fit(` Keys and signs — esc closes${where}`, size.width), columns};
  }
}

function rowsOf(sections: readonly HelpSection[], width: number): HelpRow[] {
  return sections.flatMap((section) => {
    const key = JSON.stringify([width, section]);
    let rows = laidOut.get(key);
    if (rows === undefined) {
      if (laidOut.size >= mostLaidOut) laidOut.clear();
      rows = rowsOfSection(section, width);
      laidOut.set(key, rows);
    }
    return rows;
  });
}

/** Sections as they were laid out before: they change with what is disabled, and with the width. */
const laidOut = new Map<string, readonly HelpRow[]>();
const mostLaidOut = 100;

function rowsOfSection({title, lines}: HelpSection, width: number): readonly HelpRow[] {
  const keysWidth = Math.max(...lines.map(({keys}) => cellWidth(keys))) + 2;
  return [
    {text: fit(title, width), tone: 'title' as const},
    ...lines.flatMap(({keys, what, disabled}) =>
      wrapWords(disabled === null ? what : `${what} — not now: ${disabled}`, width - keysWidth - 3).map((text, i) => ({
        text: fit(`  ${fit(i === 0 ? keys : '', keysWidth)}${text}`, width),
        tone: disabled === null ? ('plain' as const) : ('dim' as const),
      })),
    ),
  ];
}
