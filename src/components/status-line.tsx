import {Box, Text} from 'ink';
import type {StatusPart} from '../model/status-text.ts';
import {cellWidth} from '../model/text/width.ts';
import {useTheme, type Theme} from './theme.tsx';

/** One or two rows at the bottom: what is watched and how, and the last thing that went wrong or was done. */
export function StatusLine(props: {
  readonly parts: readonly StatusPart[];
  readonly message: StatusPart | null;
  readonly hint: string;
  readonly width: number;
  readonly rows: number;
}): React.JSX.Element {
  const theme = useTheme();
  const separator = theme.unicode ? ' · ' : ' | ';
  const parts = fitting(props.parts, separator, props.width);
  const line = (
    <Text wrap="truncate">
      {parts.map((part, index) => (
        <Text key={part.text} color={toneColor(part.tone, theme)} dimColor={part.tone === 'dim'}>
          {(index === 0 ? '' : separator) + part.text}
        </Text>
      ))}
    </Text>
  );
  const message =
    props.message === null ? (
      <Text dimColor wrap="truncate">
        {props.hint}
      </Text>
    ) : (
      <Text wrap="truncate" color={toneColor(props.message.tone, theme)}>
        {props.message.text}
      </Text>
    );
  return (
    <Box width={props.width} height={props.rows} flexDirection="column" overflow="hidden">
      {props.rows > 1 ? line : props.message === null ? line : message}
      {props.rows > 1 ? message : null}
    </Box>
  );
}

/** The long texts where all of them fit, else the short ones. */
function fitting(parts: readonly StatusPart[], separator: string, width: number): readonly StatusPart[] {
  const cells = cellWidth(parts.map((part) => part.text).join(separator));
  return cells <= width ? parts : parts.map((part) => ({...part, text: part.short ?? part.text}));
}

function toneColor(tone: StatusPart['tone'], theme: Theme): string | undefined {
  switch (tone) {
    case 'good':
      return theme.good;
    case 'warning':
      return theme.warning;
    case 'bad':
      return theme.bad;
    case 'plain':
    case 'dim':
      return undefined;
  }
}
