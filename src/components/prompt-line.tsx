import {Box} from 'ink';
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
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
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
        <Text {...dimmed(theme)}>{props.note === '' ? 'esc leaves' : ' · esc leaves'}</Text>
      </Box>
    </Box>
  );
}
