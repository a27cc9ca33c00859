import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {fit, wrapCells, wrapWords} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {useTheme} from './theme.tsx';

const mostRows = 6;

/** A command in as many rows as it takes, within reason: what is run is seen before it is. */
function rowsOf(command: string, width: number): readonly string[] {
  const rows = wrapWords(safeLine(command), width).flatMap((line) => wrapCells(line, width));
  const cut = rows.length > mostRows ? [...rows.slice(0, mostRows - 1), '…'] : rows;
  return cut.map((text, index) => (index === 0 ? text : `  ${text}`));
}

/** How many rows the question takes on a screen of that width. */
export function confirmHeight(commands: readonly string[], screenWidth: number): number {
  const width = Math.min(screenWidth, 76);
  return 5 + commands.reduce((sum, command) => sum + rowsOf(command, width - 8).length, 0);
}

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
      {props.commands
        .flatMap((command) => rowsOf(command, width - 8))
        .map((line, index) => (
          <Text key={index}>{row(`  ${line}`)}</Text>
        ))}
      <Text color={theme.warning}>{row(props.warning ?? '')}</Text>
      <Text>
        {' '}
        <Text inverse={!props.yes}>{no}</Text>
        {'  '}
        <Text inverse={props.yes}>{yes}</Text>
        <Text dimColor>{out}</Text>
        {' '.repeat(Math.max(0, width - 5 - no.length - yes.length - out.length))}
      </Text>
    </Box>
  );
}
