import type {HelpPage, HelpRow} from '../model/screen/help.ts';
import {paintRow, rememberRows, type PaintedRow} from './painted.ts';
import {Rows} from './rows.tsx';
import {dimStyle, useTheme, type Theme} from './theme.tsx';

/** The keys, made from the keymap. Fills the screen. */
export function Help(props: {
  readonly page: HelpPage;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {page, width, height} = props;
  const theme = useTheme();
  const {header, columns} = page;
  const rows = (columns[0] ?? []).map((_, y) => {
    const beside = columns.flatMap((column) => column[y] ?? []);
    return sideBySide(beside.map((row) => helpRow(row, theme, width)));
  });
  return <Rows rows={[paintRow([{text: header, inverse: true}], width), ...rows]} width={width} height={height} />;
}

const helpRow = rememberRows(({text, tone}: HelpRow, theme: Theme) => [
  {
    text,
    bold: tone === 'title',
    ...(tone === 'dim' ? dimStyle(theme) : {color: tone === 'title' ? theme.accent : undefined}),
  },
]);

/** Rows that fill their columns, in one. */
function sideBySide(rows: readonly PaintedRow[]): PaintedRow {
  return {
    text: rows.map(({text}) => text).join(''),
    width: rows.reduce((sum, {width}) => sum + width, 0),
  };
}
