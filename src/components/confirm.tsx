import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {fit, wrapCells, wrapWords} from '../model/draw/width.ts';
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
  /** Of the screen: what does not fit is left out of the commands. */
  readonly height?: number;
}): React.JSX.Element {
  const theme = useTheme();
  const width = Math.min(props.width, 76);
  // Every row is filled to its end: what lies under the question must not show through it.
  const row = (text: string): string => fit(` ${text}`, width - 2);
  // A command is shown whole, or nobody knows what is run.
  const rows = (text: string, indent: number): readonly string[] =>
    wrapWords(safeLine(text), width - 4 - indent)
      .flatMap((part) => wrapCells(part, width - 4 - indent))
      .map((part) => row(' '.repeat(indent) + part));
  const [texts, warnings] = [rows(props.text, 0), rows(props.warning ?? '', 0)];
  const commands = props.commands.flatMap((command) => rows(command, 2));
  const room = (props.height ?? Number.POSITIVE_INFINITY) - texts.length - warnings.length - 3;
  const shown =
    commands.length <= room ? commands : [...commands.slice(0, Math.max(0, room - 1)), row('  … more than fits here')];
  const yes = ' Yes (y) ';
  const no = ' No (Enter) ';
  const out = '  esc: no';
  return (
    <Box width={width} flexDirection="column" borderStyle="round" borderColor={theme.warning}>
      {texts.map((text, index) => (
        <Text key={index} bold>
          {text}
        </Text>
      ))}
      {shown.map((command, index) => (
        <Text key={index}>{command}</Text>
      ))}
      {warnings.map((text, index) => (
        <Text key={index} color={theme.warning}>
          {text}
        </Text>
      ))}
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
