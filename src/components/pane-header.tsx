import {Box} from 'ink';
import {cellWidth, truncate} from '../model/draw/width.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';

/**
 * The first row of a pane: its name, what it shows, and at the right how fresh that is. Exactly one row of `width`
 * cells; `left` gives way first. Both texts must be safe to draw already.
 */
export function PaneHeader(props: {
  readonly title: string;
  readonly left?: string;
  readonly right?: string | undefined;
  readonly rightColor?: string | undefined;
  readonly focused: boolean;
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  const title = ` ${props.title} `;
  const right = props.right === undefined || props.right === '' ? '' : ` ${props.right}`;
  const room = props.width - cellWidth(`─${title}${right}`) - 1;
  const left = fitParts(props.left ?? '', Math.max(0, room - 1));
  const ruleCells = Math.max(0, room - cellWidth(left) - (left === '' ? 0 : 1));
  return (
    <Box width={props.width} height={1} overflow="hidden">
      <Text wrap="truncate">
        <Text {...dimmed(theme)}>─</Text>
        <Text bold={props.focused} inverse={props.focused} color={theme.accent}>
          {title}
        </Text>
        {left === '' ? '' : ` ${left}`}
        <Text {...dimmed(theme)}>{` ${'─'.repeat(ruleCells)}`}</Text>
        <Text color={props.rightColor}>{right}</Text>
      </Text>
    </Box>
  );
}

/** The parts (`5 lines · 2 min`) that fit, whole; the first one alone may be cut, where enough of it is left. */
function fitParts(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  const end = text.lastIndexOf(' · ');
  if (end >= 0) return fitParts(text.slice(0, end), width);
  return width < leastPart ? '' : truncate(text, width);
}

const leastPart = 10;
