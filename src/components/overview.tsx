import {firstShown} from '../model/screen/list-window.ts';
import {overviewTable, type OverviewRow} from '../model/screen/overview.ts';
import type {StatusPart} from '../model/screen/status-text.ts';
import {cellWidth, fit} from '../model/draw/width.ts';
import {counted} from '../util/counted.ts';
import {paintRow, type PaintedRow} from './painted.ts';
import {Rows} from './rows.tsx';
import {toneColor} from './status-line.tsx';
import {dimStyle, useTheme} from './theme.tsx';

/** The overview of several nodes: a row each. Fills `width` × `height` cells; its last rows say what can be done. */
export function Overview(props: {
  readonly rows: readonly OverviewRow[];
  /** The row that has the cursor. */
  readonly at: number;
  /** What is to be said now; null for nothing. */
  readonly message: StatusPart | null;
  readonly ways: string;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {rows, at, message, width, height} = props;
  const theme = useTheme();
  const table = overviewTable(rows, width);
  const room = Math.max(1, height - 4);
  const first = firstShown(at, room, rows.length);
  const title = paintRow([{text: fit(` ${summary(rows)}`, width), inverse: true}], width);
  const head = paintRow([{text: table.head, ...dimStyle(theme)}], width);
  const shown = table.lines.slice(first, first + room).map((line, i): PaintedRow => {
    const tone = rows[first + i]?.state.tone ?? 'plain';
    const inverse = first + i === at;
    const style = tone === 'dim' ? dimStyle(theme) : {color: toneColor(tone, theme)};
    return paintRow(
      [
        {text: line.before, inverse},
        {text: line.state, inverse, ...style},
        {text: fit(line.after, Math.max(0, width - cellWidth(line.before + line.state))), inverse},
      ],
      width,
    );
  });
  const blank = {text: '', width: 0};
  const filler = Array.from({length: Math.max(0, height - 4 - shown.length)}, () => blank);
  const said =
    message === null
      ? blank
      : paintRow(
          [{text: message.text, color: message.tone === 'dim' ? undefined : toneColor(message.tone, theme)}],
          width,
        );
  const ways = paintRow([{text: props.ways, ...dimStyle(theme)}], width);
  return <Rows rows={[title, head, ...shown, ...filler, said, ways]} width={width} height={height} />;
}

function summary(rows: readonly OverviewRow[]): string {
  const bad = rows.filter(({state}) => state.tone === 'bad').length;
  const late = rows.filter(({state}) => state.tone === 'warning').length;
  const errors = rows.reduce((sum, row) => sum + row.errors, 0);
  const parts = [
    ...(bad > 0 ? [`${bad} not well`] : []),
    ...(late > 0 ? [`${late} late or at work`] : []),
    ...(errors > 0 ? [`${counted(errors, 'error')} in the last minute`] : []),
  ];
  return [counted(rows.length, 'node'), ...parts].join(' · ');
}
