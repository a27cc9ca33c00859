import {expect, test} from 'vitest';
import type {Event, Sample} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {JsonLines} from '../../src/jsonl/json-lines.ts';

const target = {namespace: 'default', pod: 'cpuload', container: 'load'};

const sample = (atMs: number, novelty: Sample['novelty'] = 'new'): Sample => ({
  novelty,
  target,
  at: nodeMs(atMs),
  precision: 'ms',
  usageCoreNanoSeconds: 28_808_758_318,
  usageNanoCores: 78_306_738,
  workingSetBytes: 622_592,
  fingerprint: '',
  startedAt: null,
  uid: null,
});

const poll = (receivedMs: number, ...samples: Sample[]): Event => ({
  type: 'poll',
  poll: {sentAt: localMs(receivedMs - 12), receivedAt: localMs(receivedMs), samples, problems: []},
});

function printed(events: readonly Event[], selected = true): unknown[] {
  const lines: string[] = [];
  const view = {
    shows: (entry: {message: string}) => entry.message.includes('SyncLoop'),
    isSelected: () => selected,
    forecasts: (now: number) => [{target, line: `{"type":"forecast","at":${now / 1000}}`}],
  };
  const face = new JsonLines(view, (text) => lines.push(text));
  for (const event of events) face.take(event);
  expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  return lines.map((line): unknown => JSON.parse(line));
}

test('a sample is printed once, in unix seconds; the forecast at each poll', () => {
  const lines = printed([
    poll(1_795_464_484_126, sample(1_795_464_470_446)),
    poll(1_795_464_485_126, sample(1_795_464_470_446, 'repeated')),
  ]);
  expect(lines).toMatchObject([
    {type: 'sample', at: 1_795_464_470.446, seenAt: 1_795_464_484.126, ...target, usageNanoCores: 78_306_738},
    {type: 'forecast', at: 1_795_464_484.126},
    {type: 'forecast', at: 1_795_464_485.126},
  ]);
});

test('what is not selected is not printed', () => {
  expect(printed([poll(1000, sample(500))], false)).toEqual([]);
});

test('a journal entry is one line however hostile its text, and the filter holds here too', () => {
  const entry = {cursor: 's=1', at: nodeMs(1000), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6};
  const lines = printed([
    {
      type: 'journal',
      entries: [
        {...entry, message: 'SyncLoop \n\u001B[31m"x"'},
        {...entry, message: 'other'},
      ],
    },
  ]);
  expect(lines).toMatchObject([{type: 'journal', at: 1, message: 'SyncLoop \n\u001B[31m"x"'}]);
});
