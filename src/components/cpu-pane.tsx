import {Box, Text} from 'ink';
import {memo} from 'react';
import type {Row, Tone} from '../model/cpu/canvas.ts';
import type {CpuView} from '../model/cpu/view.ts';
import {PaneHeader} from './pane-header.tsx';
import {useTheme, type Theme} from './theme.tsx';

/** The CPU pane: its header, and below it the rows that the model drew. Just `width` × `height` cells. */
export function CpuPane(props: {
  readonly view: CpuView;
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
        title="cpu"
        left={view.left}
        right={props.banner ?? view.right}
        rightColor={props.banner === null ? colorOf(view.rightTone, theme) : theme.warning}
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

/** Rows of a chart stay the same object as long as they look the same. */
const DrawnRow = memo(function DrawnRow({row, theme}: {readonly row: Row; readonly theme: Theme}) {
  return (
    <Text wrap="truncate">
      {row.map((span, i) => (
        <Text key={i} color={colorOf(span.tone, theme)} dimColor={span.tone === 'dim'} bold={span.tone === 'strong'}>
          {span.text}
        </Text>
      ))}
    </Text>
  );
});

function colorOf(tone: Tone, theme: Theme): string | undefined {
  if (typeof tone === 'number') return theme.series[tone % theme.series.length];
  switch (tone) {
    case 'limit':
      return theme.bad;
    case 'request':
      return theme.good;
    case 'warning':
      return theme.warning;
    case 'plain':
    case 'dim':
    case 'strong':
      return undefined;
  }
}
