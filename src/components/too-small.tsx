import {Text} from './text.tsx';
import type {Size} from '../model/screen/layout.ts';

/** All that is drawn where the panes do not fit. */
export function TooSmall(props: {readonly have: Size; readonly need: Size}): React.JSX.Element {
  return (
    <Text wrap="truncate">
      {`make the pane larger: ${props.need.width}×${props.need.height}, it is ${props.have.width}×${props.have.height}`}
    </Text>
  );
}
