import type {HousekeepingView} from '../model/housekeeping/pane-view.ts';
import {DrawnPane} from './drawn-pane.tsx';
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
  const {view, banner, ...rest} = props;
  const theme = useTheme();
  const rightColor = banner !== null || view.alarm ? theme.warning : undefined;
  const right = banner ?? view.right;
  return (
    <DrawnPane title="housekeeping" left={view.left} right={right} rightColor={rightColor} rows={view.rows} {...rest} />
  );
}
