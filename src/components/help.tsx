import {Box, Text} from 'ink';
import {useTheme} from './theme.tsx';

export interface HelpLine {
  readonly keys: string;
  readonly what: string;
  /** The reason where the key does nothing now. */
  readonly disabled: string | null;
}

export interface HelpSection {
  readonly title: string;
  readonly lines: readonly HelpLine[];
}

/** The keys, made from the keymap; scrolls where the terminal is low. */
export function Help(props: {
  readonly sections: readonly HelpSection[];
  readonly scroll: number;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const theme = useTheme();
  const rows = props.sections.flatMap((section) => [
    <Text key={section.title} bold color={theme.accent}>
      {section.title}
    </Text>,
    ...section.lines.map((line) => (
      <Text key={section.title + line.keys} wrap="truncate" dimColor={line.disabled !== null}>
        {`  ${line.keys.padEnd(18)} ${line.what}${line.disabled === null ? '' : ` — ${line.disabled}`}`}
      </Text>
    )),
  ]);
  const room = props.height - 1;
  const first = Math.min(props.scroll, Math.max(0, rows.length - room));
  const more = rows.length > room ? ' · arrows scroll' : '';
  return (
    <Box width={props.width} height={props.height} flexDirection="column" overflowY="hidden">
      <Text inverse>{` Keys — any other key closes${more} `}</Text>
      {rows.slice(first, first + room)}
    </Box>
  );
}
