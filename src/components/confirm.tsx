import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {fit} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';

/** The question before a command: names the node and the command as it will be run; No is where Enter goes. */
export function Confirm(props: {
  readonly text: string;
  /** A row each. */
  readonly commands: readonly string[];
  readonly warning: string | null;
  readonly yes: boolean;
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  const width = Math.min(props.width, 76);
  // Every row is filled to its end: what lies under the question must not show through it.
  const row = (text: string): string => fit(` ${safeLine(text)}`, width - 2);
  const yes = ' Yes (y) ';
  const no = ' No (Enter) ';
  const out = '  esc: no';
  return (
    <Box width={width} flexDirection="column" borderStyle="round" borderColor={theme.warning}>
      <Text bold>{row(props.text)}</Text>
      {props.commands.map((command) => (
        <Text key={command}>{row(`  ${command}`)}</Text>
      ))}
      <Text color={theme.warning}>{row(props.warning ?? '')}</Text>
      <Text>
        {' '}
        <Text inverse={!props.yes}>{no}</Text>
        {'  '}
        <Text inverse={props.yes}>{yes}</Text>
        <Text {...dimmed(theme)}>{out}</Text>
        {' '.repeat(Math.max(0, width - 5 - no.length - yes.length - out.length))}
      </Text>
    </Box>
  );
}
