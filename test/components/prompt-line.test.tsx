import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {Confirm} from '../../src/components/confirm.tsx';
import {FlagsScreen} from '../../src/components/flags-screen.tsx';
import {PromptLine} from '../../src/components/prompt-line.tsx';
import {truncate} from '../../src/model/draw/width.ts';
import {newFlagList} from '../../src/model/flags/flag-list.ts';
import {MergedJournal} from '../../src/model/journal/merged-journal.ts';
import {Keymap} from '../../src/tui/keymap.ts';
import {MergedView} from '../../src/tui/merged-view.ts';

test.each([60, 80, 120])('a prompt and a question say how to leave them, at %i columns', (width) => {
  const prompt = renderToString(
    <Box width={width}>
      <PromptLine
        {...{label: 'write 12 matching lines to', before: 'ktop-journal-20261123-200744.log', at: '', after: ''}}
        {...{note: '', bad: false, hasEarlier: true, width}}
      />
    </Box>,
    {columns: width},
  );
  expect(prompt.split('\n')).toHaveLength(1);
  expect(prompt).toMatch(/esc leaves$/);
  const question = renderToString(
    <Confirm text="Restart the kubelet?" commands={['x']} warning={null} yes={false} width={width} />,
    {columns: width},
  );
  expect(question).toContain('esc: no');
});

test.each([
  {
    earlier: 'some',
    hasEarlier: true,
    width: 80,
    note: '126 of 191 match',
    ends: '126 of 191 match · up earlier · esc leaves',
  },
  {earlier: 'none', hasEarlier: false, width: 80, note: '126 of 191 match', ends: '126 of 191 match · esc leaves'},
  {
    earlier: 'some',
    hasEarlier: true,
    width: 60,
    note: 'missing closing ): house(',
    ends: 'closing ): house( · esc leaves',
  },
])('a prompt tells of earlier lines where there are any and the note keeps its room: $earlier, $note', (shown) => {
  const {hasEarlier, width, note, ends} = shown;
  const drawn = renderToString(
    <PromptLine {...{label: 'filter /', before: 'house(', at: '', after: '', note, bad: false, hasEarlier, width}} />,
    {columns: width},
  );
  expect(drawn).toContain('house(');
  expect(drawn.endsWith(ends)).toBe(true);
});

test('the flags and the journal of all nodes say how to leave them at 60 columns', () => {
  const flags = renderToString(
    <FlagsScreen
      {...{node: 'n', list: newFlagList, shown: {kind: 'read', rows: [], notes: []}, mayChange: true}}
      {...{width: 60, height: 10}}
    />,
    {columns: 60},
  );
  expect(flags).toMatch(/Enter .* · Esc leaves$/);
  const journal = new MergedJournal();
  const merged = new MergedView({journal, parts: () => [], keymap: Keymap.standard, closed: () => undefined});
  expect(truncate(merged.ways, 60)).toContain('esc leaves');
});
