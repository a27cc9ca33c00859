import {Box, useIsScreenReaderEnabled} from 'ink';
import {createElement} from 'react';
import type {PaintedRow} from './painted.ts';
import {Text} from './text.tsx';

/**
 * Finished rows, as a block of `width` × `height` cells. They are handed to the output stage as they are
 * (`src/tui/ink/render-background.ts`): layout neither measures nor wraps them, which is what makes a frame cheap. A
 * screen reader gets their text.
 */
export function Rows(props: {
  readonly rows: readonly PaintedRow[];
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {rows, width, height} = props;
  if (useIsScreenReaderEnabled()) {
    return (
      <Box flexDirection="column">
        {rows.map(({text}, i) => (
          <Text key={i}>{text}</Text>
        ))}
      </Box>
    );
  }
  return createElement('ink-box', {style: {width, height, flexShrink: 0}, rows});
}
