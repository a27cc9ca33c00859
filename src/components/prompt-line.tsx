import {Box} from 'ink';
import {cellWidth} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';

/** One row at the bottom of the screen in which a line is typed; its end says how to leave. */
export function PromptLine(props: {
  readonly label: string;
  readonly before: string;
  readonly at: string;
  readonly after: string;
  readonly note: string;
  readonly bad: boolean;
  /** Whether there are lines that were typed before, for `up` to bring back. */
  readonly hasEarlier: boolean;
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  const ways = `${props.note === '' ? '' : ' · '}${earlierWay(props)}esc leaves`;
  return (
    <Box width={props.width} height={1} overflow="hidden">
      <Box flexShrink={0}>
        <Text bold color={theme.accent}>
          {`${props.label} `}
        </Text>
      </Box>
      <Box flexGrow={1} minWidth={10} overflow="hidden">
        <Text wrap="truncate-start">
          {props.before}
          <Text inverse>{props.at === '' ? ' ' : props.at}</Text>
          {props.after}
        </Text>
      </Box>
      <Box flexShrink={1} minWidth={0}>
        <Text wrap="truncate" {...(props.bad ? {color: theme.bad} : dimmed(theme))}>
          {` ${props.note}`}
        </Text>
      </Box>
      <Box flexShrink={0}>
        <Text {...dimmed(theme)}>{ways}</Text>
      </Box>
    </Box>
  );
}

/** Told where it takes no room from the line and from what is said of it. */
function earlierWay(props: Parameters<typeof PromptLine>[0]): string {
  if (!props.hasEarlier) return '';
  const way = 'up earlier · ';
  const line = Math.max(10, cellWidth(props.before + props.after) + 1);
  const used = cellWidth(props.label) + 1 + line + 1 + cellWidth(props.note) + cellWidth(' · esc leaves');
  return used + cellWidth(way) > props.width ? '' : way;
}
