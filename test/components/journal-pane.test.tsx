import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {JournalPane} from '../../src/components/journal-pane.tsx';
import {headline} from '../../src/model/journal/headline.ts';
import {JournalModel} from '../../src/model/journal/journal-model.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';

test('says in full why there are no lines, and keeps the newest row of what there is in sight', () => {
  const journal = new JournalModel({
    ...{scrollback: 100, units: ['kubelet'], kubeletUnit: 'kubelet', watched: () => []},
    ...{grep: null, exclude: [], severity: null, contextLines: 0, fold: false, elapsedMs: () => 0},
  });
  const entry = {cursor: 'c', at: nodeMs(0), pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'};
  const messages = Array.from({length: 10}, (_, index) => `line ${index}`);
  journal.apply({type: 'journal', entries: messages.map((message) => ({...entry, message}))});
  const failure = {
    tried: 'GET /logs/?query=kubelet of the kubelet',
    problem: 'the kubelet answers no log queries (they are off by default)',
    next: 'set "enableSystemLogQuery: true" in its configuration and restart it',
  };
  journal.apply({type: 'journal-stream', state: {kind: 'unavailable', since: localMs(0), failure}});
  const size = {width: 60, height: 8};
  const view = journal.view({width: size.width, height: size.height - 1});
  const said = headline(journal.summary, nodeMs(0));
  const drawn = renderToString(
    <Box {...size} flexDirection="column">
      <JournalPane view={view} headline={said} banner={null} focused={false} {...size} />
    </Box>,
    {columns: size.width},
  ).split('\n');
  expect(drawn.slice(1, 5).join(' ')).toBe(`${failure.tried}: ${failure.problem} try: ${failure.next}`);
  expect(drawn.at(-1)).toContain('line 9');
  expect(drawn).toHaveLength(size.height);
});
