import {Box} from 'ink';
import {safeLine, safeName} from '../model/draw/safe-text.ts';
import {cellWidth, fit, pad} from '../model/draw/width.ts';
import {listCursor, type ListChoice, type ListItem} from '../model/screen/list-choice.ts';
import {firstShown} from '../model/screen/list-window.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';
import {TypedLine} from './typed-line.tsx';

/** One row of a list: its name, the rest of it, and what stands at the right end. */
export interface ListRow extends ListItem {
  readonly right: string;
  readonly dim: boolean;
}

/** A list that is filtered by typing. Fills the screen; its last row says how to take something and how to leave. */
export function ListScreen(props: {
  readonly title: string;
  readonly list: ListChoice;
  /** What fits the filter, in order. */
  readonly shown: readonly ListRow[];
  /** What else is to be said of the list, a row each. */
  readonly notes: readonly string[];
  readonly ways: string;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {title, list, shown, width, height} = props;
  const theme = useTheme();
  const notes = props.notes.slice(0, Math.max(0, height - 6));
  const room = Math.max(1, height - 3 - notes.length);
  const cursor = listCursor(list, shown);
  const first = firstShown(cursor, room, shown.length);
  const names = shown.map(({name}) => safeName(name));
  const nameWidth = Math.min(Math.floor(width / 2), Math.max(0, ...names.map(cellWidth)));
  return (
    <Box width={width} height={height} flexDirection="column" overflowY="hidden">
      <Text inverse wrap="truncate">
        {fit(` ${title}`, width)}
      </Text>
      <TypedLine label="filter " line={list.filter} />
      {shown.slice(first, first + room).map((row, i) => {
        const here = first + i === cursor;
        const right = safeLine(row.right);
        const left = `${here ? '>' : ' '} ${pad(fit(names[first + i] ?? '', nameWidth), nameWidth)}  ${safeLine(row.text)}`;
        const leftWidth = Math.max(0, width - cellWidth(right) - 2);
        return (
          <Text key={row.name} inverse={here} {...(row.dim ? dimmed(theme) : {})} wrap="truncate">
            {`${fit(left, leftWidth)} ${right} `}
          </Text>
        );
      })}
      {shown.length === 0 ? <Text {...dimmed(theme)}>nothing fits this filter</Text> : null}
      <Box flexGrow={1} />
      {notes.map((note, i) => (
        <Text key={i} {...dimmed(theme)} wrap="truncate">
          {safeLine(note)}
        </Text>
      ))}
      <Text {...dimmed(theme)} wrap="truncate">
        {props.ways}
      </Text>
    </Box>
  );
}
