import type {Row} from '../model/draw/canvas.ts';
import {drawnRow} from './drawn-row.ts';
import {paneHeader} from './pane-header.ts';
import {Rows} from './rows.tsx';
import {useTheme} from './theme.tsx';

/** A header, and below it the rows that a model drew. Just `width` × `height` cells. */
export function DrawnPane(props: {
  readonly title: string;
  readonly left: string;
  readonly right: string;
  readonly rightColor: string | undefined;
  readonly rows: readonly Row[];
  readonly focused: boolean;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {rows, width, height} = props;
  const theme = useTheme();
  const drawn = rows.slice(0, height - 1).map((row) => drawnRow(row, theme, width));
  return <Rows rows={[paneHeader(props, theme), ...drawn]} width={width} height={height} />;
}
