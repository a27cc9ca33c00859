import {Box} from 'ink';
import type {HousekeepingView} from '../model/housekeeping/pane-view.ts';
import {DrawnRow} from './drawn-row.tsx';
import {PaneHeader} from './pane-header.tsx';
import {useTheme} from './theme.tsx';

/** The housekeeping pane: its header, and below it the rows that the model drew. Just `width` × `height` cells. */
export function HousekeepingPane(props: {
  readonly view: HousekeepingView;
  /** Says that the kubelet restarts, in place of the sample's age. */
  readonly banner: string | null;
  readonly focused: boolean;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {view, width, height} = props;
  const theme = useTheme();
  return (
    <>
      <PaneHeader
        title="housekeeping"
        left={view.left}
        right={props.banner ?? view.right}
        rightColor={props.banner !== null || view.alarm ? theme.warning : undefined}
        focused={props.focused}
        width={width}
      />
      <Box width={width} height={height - 1} flexDirection="column" overflow="hidden">
        {view.rows.slice(0, height - 1).map((row, i) => (
          <DrawnRow key={i} row={row} theme={theme} />
        ))}
      </Box>
    </>
  );
}
