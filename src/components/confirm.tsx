import {Box, Text} from 'ink';
import {useTheme} from './theme.tsx';

/** The question before a command: names the node and the command as it will be run; No is where Enter goes. */
export function Confirm(props: {
  readonly question: string;
  readonly command: string;
  readonly warning: string | null;
  readonly yes: boolean;
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  return (
    <Box
      width={Math.min(props.width, 76)}
      flexDirection="column"
      borderStyle={theme.unicode ? 'round' : 'classic'}
      borderColor={theme.warning}
      paddingX={1}
    >
      <Text bold wrap="truncate">
        {props.question}
      </Text>
      <Text wrap="truncate-middle">{`  ${props.command}`}</Text>
      {props.warning === null ? null : <Text color={theme.warning}>{props.warning}</Text>}
      <Box gap={2} marginTop={1}>
        <Text inverse={!props.yes}> No (Enter) </Text>
        <Text inverse={props.yes}> Yes (y) </Text>
      </Box>
    </Box>
  );
}
