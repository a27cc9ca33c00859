import {Box} from 'ink';
import type {Row} from '../model/draw/canvas.ts';
import {DrawnRow} from './drawn-row.tsx';
import {PaneHeader} from './pane-header.tsx';
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
  const {rows, width, height, ...header} = props;
  const theme = useTheme();
  return (
    <>
      <PaneHeader {...header} width={width} />
      <Box width={width} height={height - 1} flexDirection="column" overflowY="hidden">
        {rows.slice(0, height - 1).map((row, i) => (
          <DrawnRow key={i} row={row} theme={theme} />
        ))}
      </Box>
    </>
  );
}
