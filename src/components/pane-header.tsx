import {Box, Text} from 'ink';
import {useTheme} from './theme.tsx';

/** The first row of a pane: its name, what it shows, and at the right how fresh that is. Exactly one row. */
export function PaneHeader(props: {
  readonly title: string;
  readonly left?: string;
  readonly right?: string;
  readonly rightColor?: string | undefined;
  readonly focused: boolean;
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  const rule = theme.unicode ? '─' : '-';
  return (
    <Box width={props.width} height={1} overflow="hidden">
      <Box flexShrink={0}>
        <Text dimColor>{rule} </Text>
        <Text bold={props.focused} inverse={props.focused} color={theme.accent}>
          {props.focused ? ` ${props.title} ` : props.title}
        </Text>
        <Text> </Text>
      </Box>
      <Box flexShrink={1} minWidth={0}>
        <Text wrap="truncate">{props.left ?? ''}</Text>
      </Box>
      <Box flexGrow={1} minWidth={1} overflow="hidden">
        <Text dimColor wrap="truncate">
          {` ${rule.repeat(props.width)}`}
        </Text>
      </Box>
      <Box flexShrink={0}>
        <Text color={props.rightColor} wrap="truncate">
          {props.right === undefined ? '' : ` ${props.right}`}
        </Text>
      </Box>
    </Box>
  );
}
