import {Box} from 'ink';
import {fitParts, type StatusPart} from '../model/screen/status-text.ts';
import {cellWidth} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme, type Theme} from './theme.tsx';

/**
 * One or two rows at the bottom: what is watched and how, and the last thing that went wrong or was done; without such
 * a message the keys. A single row ends with the one key that leads to all others.
 */
export function StatusLine(props: {
  readonly parts: readonly StatusPart[];
  readonly message: StatusPart | null;
  readonly keys: readonly string[];
  readonly width: number;
  readonly rows: number;
}): React.JSX.Element {
  const {parts, message, width, rows} = props;
  const [help = noKey, ...more] = props.keys.map((text): StatusPart => ({text, tone: 'dim'}));
  const room = rows > 1 ? width : width - cellWidth(separator) - cellWidth(help.text);
  const output = fitParts(parts, separator, room);
  const second = message ?? {...help, text: joined(fitParts([help, ...more], separator, width))};
  return (
    <Box width={width} height={rows} flexDirection="column" overflow="hidden">
      {rows > 1 ? <Parts parts={output} /> : message === null ? <Parts parts={[...output, help]} /> : null}
      {rows > 1 || message !== null ? <Parts parts={[second]} /> : null}
    </Box>
  );
}

const separator = ' · ';
const noKey: StatusPart = {text: '', tone: 'dim'};

const joined = (parts: readonly StatusPart[]) => parts.map(({text}) => text).join(separator);

function Parts({parts}: {readonly parts: readonly StatusPart[]}): React.JSX.Element {
  const theme = useTheme();
  return (
    <Text wrap="truncate">
      {parts.map((part, index) => (
        <Text key={index} {...(part.tone === 'dim' ? dimmed(theme) : {color: toneColor(part.tone, theme)})}>
          {(index === 0 ? '' : separator) + part.text}
        </Text>
      ))}
    </Text>
  );
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
