import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {truncate} from '../model/draw/width.ts';
import {flagAt, type FlagList} from '../model/flags/flag-list.ts';
import type {FlagRow} from '../model/flags/flag-rows.ts';
import {columnWidths, filteredRows, tableRow} from '../model/flags/flag-table.ts';
import {firstShown} from '../model/screen/list-window.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';
import {TypedLine} from './typed-line.tsx';

/** What the list is made of, as far as it is known. */
export type FlagsShown =
  | {readonly kind: 'reading'}
  | {readonly kind: 'failed'; readonly why: string}
  | {readonly kind: 'read'; readonly rows: readonly FlagRow[]; readonly notes: readonly string[]};

/** The kubelet's flags and settings, and where each is from: a filter that is typed, and the rows. Fills the screen. */
export function FlagsScreen(props: {
  readonly node: string;
  readonly list: FlagList;
  readonly shown: FlagsShown;
  readonly mayChange: boolean;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {list, shown, width, height, mayChange} = props;
  const theme = useTheme();
  const rows = shown.kind === 'read' ? filteredRows(shown.rows, list.filter.text) : [];
  const notes = shown.kind === 'read' ? shown.notes : [];
  const widths = columnWidths(shown.kind === 'read' ? shown.rows : [], width - 1);
  const here = flagAt(list, rows);
  const room = Math.max(1, height - 4 - notes.length);
  const first = firstShown(here, room, rows.length);
  const current = rows[here];
  const looking = mayChange ? 'Enter edits it, or the NAME=VALUE typed · Esc leaves' : 'only to look at · Esc leaves';
  const hint = list.editing === null ? looking : 'Enter asks before it is set · Esc goes back to the list';
  return (
    <Box width={width} height={height} flexDirection="column" overflowY="hidden">
      <Text inverse wrap="truncate">
        {truncate(` Flags of ${safeLine(props.node)} — ${rows.length}, and where each is from `, width)}
      </Text>
      <TypedLine label={list.editing === null ? 'filter ' : 'set --'} line={list.editing ?? list.filter} />
      {shown.kind === 'reading' ? (
        <Text {...dimmed(theme)}>reading the unit, its files and the command line …</Text>
      ) : null}
      {shown.kind === 'failed' ? <Text color={theme.bad}>{safeLine(shown.why)}</Text> : null}
      {notes.map((note) => (
        <Text key={note} color={theme.warning} wrap="truncate">
          {truncate(safeLine(note), width)}
        </Text>
      ))}
      {rows.slice(first, first + room).map((row, i) => (
        <Text
          key={first + i}
          inverse={first + i === here}
          {...(row.state === 'overridden' ? dimmed(theme) : {})}
          bold={row.path?.endsWith('/90-ktop.conf') === true}
          wrap="truncate"
        >
          {`${first + i === here ? '>' : ' '}${tableRow(row, widths)}`}
        </Text>
      ))}
      {shown.kind === 'read' && rows.length === 0 ? (
        <Text {...dimmed(theme)}>
          {mayChange && list.editing === null ? 'nothing fits; Enter makes a flag of it' : 'nothing fits'}
        </Text>
      ) : null}
      <Box flexGrow={1} />
      <Text {...(list.refused === null ? dimmed(theme) : {color: theme.bad})} wrap="truncate">
        {truncate(list.refused ?? (current === undefined ? '' : wholeOf(current)), width)}
      </Text>
      <Text {...dimmed(theme)} wrap="truncate">
        {truncate(hint, width)}
      </Text>
    </Box>
  );
}

/** What the row under the cursor has no room for. */
function wholeOf({path, variable, value}: FlagRow): string {
  const from = path === null ? 'in no file' : variable === null ? path : `${path} $${variable}`;
  return safeLine(`${from}: ${value}`);
}
