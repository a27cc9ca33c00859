import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {Overview} from '../../src/components/overview.tsx';
import {TabRow} from '../../src/components/tab-row.tsx';
import type {NodeState} from '../../src/model/screen/node-state.ts';
import type {OverviewRow} from '../../src/model/screen/overview.ts';
import {tabRow} from '../../src/model/screen/tabs.ts';
import {cellWidth} from '../../src/model/draw/width.ts';

const fresh: NodeState = {kind: 'fresh', text: 'fresh', tone: 'good'};
const down: NodeState = {kind: 'down', text: 'down 2 m', tone: 'bad'};
const row = (i: number): OverviewRow => ({
  ...{name: `kind-worker${i + 1}\u001b[2J`, isMarked: false, state: i === 1 ? down : fresh, version: 'v1.36.2'},
  ...{
    upMs: 200_000,
    clockOffMs: null,
    baseMs: 10_000,
    ages: {newestMs: 400, worstMs: 25_000},
    nextMs: 4200,
    errors: i,
    unseen: 0,
  },
});

test.each([
  [120, 40, 1],
  [120, 40, 3],
  [120, 40, 20],
  [80, 24, 1],
  [80, 24, 3],
  [80, 24, 20],
])('%i×%i: the tabs and the overview of %i nodes fill the screen and no more', (width, height, count) => {
  const rows = Array.from({length: count}, (_, i) => row(i));
  const at = count - 1;
  const drawn = renderToString(
    <Box width={width} height={height} flexDirection="column">
      <TabRow pieces={tabRow(rows, at, width)} width={width} />
      <Overview
        {...{rows, at, width}}
        message={{text: 'GET /stats: refused', tone: 'bad'}}
        ways="Enter watches it"
        height={height - 1}
      />
    </Box>,
    {columns: width},
  ).split('\n');
  expect(drawn).toHaveLength(height);
  for (const line of drawn) expect(cellWidth(line)).toBeLessThanOrEqual(width);
  expect(drawn[0]).toContain(`${count} kind-worker`);
  expect(drawn[1]).toContain(count === 1 ? '1 node' : `${count} nodes · 1 not well`);
  // The row with the cursor is in sight, and what is to be said of it.
  expect(drawn.slice(3).join('\n')).toContain(` ${count} kind-worker${count}`);
  expect(drawn.at(-2)).toContain('GET /stats: refused');
  expect(drawn.join('')).not.toContain('\u001b[2J');
});
