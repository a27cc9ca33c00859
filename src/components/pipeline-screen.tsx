import {Box} from 'ink';
import {safeLine} from '../model/draw/safe-text.ts';
import {fit, wrapWords} from '../model/draw/width.ts';
import type {PipelineRow} from '../model/pipeline/rows.ts';
import type {Scroll} from '../model/screen/scroll.ts';
import {Text} from './text.tsx';
import {dimmed, useTheme, type Theme} from './theme.tsx';

/** The way of one pod's number to the autoscaler. Fills the screen. */
export function PipelineScreen(props: {
  readonly pod: string;
  /** Null while the first look is under way. */
  readonly rows: readonly PipelineRow[] | null;
  /** Why there is nothing to show; null where there is. */
  readonly failure: string | null;
  readonly scroll: Scroll;
  readonly width: number;
  readonly height: number;
}): React.JSX.Element {
  const {pod, rows, failure, scroll, width, height} = props;
  const theme = useTheme();
  const told: readonly PipelineRow[] =
    failure !== null
      ? wrapWords(safeLine(failure), width).map((text) => ({text, tone: 'warning'}))
      : (rows ?? [{text: 'asking the kubelet and the API server …', tone: 'dim'}]);
  const room = Math.max(1, height - 2);
  const first = scroll.firstOf(told.length, room);
  const where = told.length <= room ? '' : `${first + 1}–${first + room} of ${told.length}, arrows scroll · `;
  return (
    <Box width={width} height={height} flexDirection="column" overflowY="hidden">
      <Text inverse wrap="truncate">
        {fit(` ${safeLine(pod)} — its CPU on the way to the autoscaler`, width)}
      </Text>
      {told.slice(first, first + room).map(({text, tone}, row) => (
        <Text key={row} bold={tone === 'strong'} {...styleOf(tone, theme)} wrap="truncate">
          {text === '' ? ' ' : text}
        </Text>
      ))}
      <Box flexGrow={1} />
      <Text {...dimmed(theme)} wrap="truncate">
        {fit(`${where}Esc leaves · asked every 5 s while this is open`, width)}
      </Text>
    </Box>
  );
}

function styleOf(tone: PipelineRow['tone'], theme: Theme) {
  if (tone === 'dim') return dimmed(theme);
  return tone === 'warning' ? {color: theme.warning} : {};
}
