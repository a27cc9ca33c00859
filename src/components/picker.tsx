import {Box} from 'ink';
import {formatCores} from '../model/draw/units.ts';
import {cursorOf, type Picker, type PickerItem} from '../model/selection/picker.ts';
import {safeName} from '../model/draw/safe-text.ts';
import {fit, fitName} from '../model/draw/width.ts';
import {firstShown} from '../model/screen/list-window.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme} from './theme.tsx';
import {TypedLine} from './typed-line.tsx';

const figureCells = 9;

/** Chooses pods: a filter that is typed, and the pods of the node below it, the busiest first. Fills the screen. */
export function PickerScreen(props: {
  readonly picker: Picker;
  /** What fits the filter, in order. */
  readonly shown: readonly PickerItem[];
  readonly total: number;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {picker, shown, width, height} = props;
  const theme = useTheme();
  const cursor = cursorOf(picker, shown);
  const room = Math.max(1, height - 3);
  const first = firstShown(cursor, room, shown.length);
  return (
    <Box width={width} height={height} flexDirection="column" overflowY="hidden">
      <Text inverse wrap="truncate">
        {fit(` Choose pods — ${shown.length} of ${props.total}, ${picker.ticked.size} ticked`, width)}
      </Text>
      <TypedLine label="filter " line={picker.filter} />
      {shown.slice(first, first + room).map((item, i) => (
        <PickerRow
          key={item.name}
          item={item}
          ticked={picker.ticked.has(item.name)}
          here={first + i === cursor}
          width={width}
        />
      ))}
      {shown.length === 0 ? <Text {...dimmed(theme)}>nothing fits this filter</Text> : null}
      <Box flexGrow={1} />
      <Text {...dimmed(theme)} wrap="truncate">
        {width < 96
          ? 'Enter takes what is ticked · space ticks · Esc leaves'
          : 'Enter takes what is ticked, or the one under the cursor · space ticks · Esc leaves all as it was'}
      </Text>
    </Box>
  );
}

function PickerRow(props: {
  readonly item: PickerItem;
  readonly ticked: boolean;
  readonly here: boolean;
  readonly width: number;
}): React.JSX.Element {
  const {item, ticked, here, width} = props;
  const name = fitName(safeName(item.name), Math.max(0, width - figureCells - 6));
  return (
    <Text inverse={here} bold={ticked} wrap="truncate">
      {`${here ? '>' : ' '}[${ticked ? 'x' : ' '}] ${name} ${formatCores(item.nanoCores).padStart(figureCells)}`}
    </Text>
  );
}
