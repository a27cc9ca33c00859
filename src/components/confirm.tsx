import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {fit, wrapCells, wrapWords} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {useTheme} from './theme.tsx';

/** Nothing is cut: what is run is seen whole before it is. */
function rowsOf(text: string, width: number, indent: number): readonly string[] {
  return wrapWords(safeLine(text), width - 4 - indent)
    .flatMap((part) => wrapCells(part, width - 4 - indent))
    .map((part) => fit(` ${' '.repeat(indent)}${part}`, width - 2));
}

interface Question {
  readonly text: string;
  /** A row each, or as many as it takes. */
  readonly commands: readonly string[];
  readonly warning: string | null;
}

const widthOn = (screenWidth: number): number => Math.min(screenWidth, 76);

/** How many rows the question takes on a screen of that width. */
export function confirmHeight({text, commands, warning}: Question, screenWidth: number): number {
  const width = widthOn(screenWidth);
  const count = (part: string, indent: number): number => rowsOf(part, width, indent).length;
  // With its border and the row of answers.
  return 3 + count(text, 0) + commands.reduce((sum, one) => sum + count(one, 2), 0) + count(warning ?? '', 0);
}

/** The question before a command: names the node and the command as it will be run; No is where Enter goes. */
export function Confirm(props: Question & {readonly yes: boolean; readonly width: number}): React.JSX.Element {
  const theme = useTheme();
  const width = widthOn(props.width);
  const rows = (text: string, indent: number) => rowsOf(text, width, indent);
  const yes = ' Yes (y) ';
  const no = ' No (Enter) ';
  const out = '  esc: no';
  return (
    <Box width={width} flexDirection="column" borderStyle="round" borderColor={theme.warning}>
      {rows(props.text, 0).map((text) => (
        <Text key={text} bold>
          {text}
        </Text>
      ))}
      {props.commands
        .flatMap((command) => rows(command, 2))
        .map((text, index) => (
          <Text key={index}>{text}</Text>
        ))}
      {rows(props.warning ?? '', 0).map((text) => (
        <Text key={text} color={theme.warning}>
          {text}
        </Text>
      ))}
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
