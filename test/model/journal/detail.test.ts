import {expect, test} from 'vitest';
import {formatDetail} from '../../../src/model/journal/detail.ts';
import {formatLine} from '../../../src/model/journal/format-line.ts';
import {nodeMs} from '../../../src/model/time.ts';

test('one line with all its fields stays a few thousand rows, however much a field holds', () => {
  const entry = {
    ...{cursor: 's=1', at: nodeMs(0), pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'},
    message: 'm'.repeat(3_000_000),
  };
  const rows = formatDetail(entry, new Map([['COREDUMP', '\u009d'.repeat(3_000_000)]]), 100);
  const text = rows.map((row) => row.map((span) => span.text).join(''));
  expect(rows.length).toBeLessThan(2000);
  expect(text).toContain('… and 2866 KB more (a copy has all)');
  expect(text.some((row) => row.startsWith('             �') && row.endsWith('…'))).toBe(true);
  expect(text.at(-1)).toBe('cursor       s=1');
  expect(formatDetail({...entry, message: '\n'.repeat(60_000)}, new Map(), 100).length).toBeLessThan(2100);
});

test("a JSON log's source is as safe to draw as its message", () => {
  const message = JSON.stringify({ts: 1, caller: 'a\u001b[2J.go:1', msg: 'm\u009b2J'});
  const entry = {cursor: 'c', at: nodeMs(0), pid: 1, priority: 6, unit: 'kubelet', identifier: 'kubelet', message};
  const {body} = formatLine(entry, {narrow: false, units: false, grep: null, search: null});
  expect(body.map(({text}) => text).join('')).toBe('a.go:1] m');
});
