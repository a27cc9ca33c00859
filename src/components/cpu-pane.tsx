import type {CpuView} from '../model/cpu/view.ts';
import {DrawnPane} from './drawn-pane.tsx';
import {colorOf} from './drawn-row.ts';
import {useTheme} from './theme.tsx';

/** The CPU pane: its header, and below it the rows that the model drew. Just `width` × `height` cells. */
export function CpuPane(props: {
  readonly view: CpuView;
  /** Says that the kubelet restarts, in place of the sample's age. */
  readonly banner: string | null;
  readonly focused: boolean;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {view, banner, ...rest} = props;
  const theme = useTheme();
  const rightColor = banner === null ? colorOf(view.rightTone, theme) : theme.warning;
  const right = banner ?? view.right;
  return (
    <DrawnPane title={view.title} left={view.left} right={right} rightColor={rightColor} rows={view.rows} {...rest} />
  );
}
