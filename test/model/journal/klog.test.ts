import {expect, test} from 'vitest';
import type {JournalEntry} from '../../../src/model/event.ts';
import {klogHeader, parseJsonLog} from '../../../src/model/journal/klog.ts';
import {repeats, severityOf} from '../../../src/model/journal/line.ts';
import {nodeMs} from '../../../src/model/time.ts';

const entry = (message: string): JournalEntry => ({
  ...{cursor: 'c', at: nodeMs(0), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6},
  message,
});

test.each([
  ['error', '{"ts":1700000000000.5,"caller":"a/b.go:1","msg":"the cgroup is gone","pod":{"name":"web"}}'],
  ['info', '{"ts":1700000000000.5,"caller":"a/b.go:1","msg":"again later","v":4,"err":"not yet"}'],
  ['fatal', '{"level":"FATAL","message":"unknown flag"}'],
  ['warning', 'time="2026-11-28T10:00:00.1Z" level=warning msg="slow"'],
  ['error', 'time="2026-11-28 10:00:00.1" level=error msg="no such container" id=1'],
  ['error', 'kubelet E1128 02:12:02.799479     137 container.go:589] broken'],
  ['warning', '??? W1128 02:12:02.799479     137 container.go:589] odd'],
  ['info', 'E-mail is no header'],
  ['info', '{"msg":"another program, which says nothing of it"}'],
])('is %s: %s', (severity, message) => {
  expect(severityOf(entry(message))).toBe(severity);
});

test("reads klog's header behind the name of a component", () => {
  const line = 'kubelet I1128 02:12:02.799479     137 container.go:589] "msg" key="value"';
  const found = klogHeader(line);
  expect(found?.source).toBe('container.go:589');
  expect(line.slice(found?.messageStart)).toBe('"msg" key="value"');
  expect(line.slice(found?.sourceStart)).toMatch(/^container\.go:589\]/);
});

test('takes two lines for one at different times only where component and severity are the same', () => {
  const at = (who: string, time: string, text = 'x') =>
    entry(`${who}1128 02:12:${time}.000001     137 a.go:1] ${text}`);
  expect(repeats(at('kubelet I', '01'), at('kubelet I', '02'))).toBe(true);
  expect(repeats(at('kubelet I', '01'), at('??? I', '02'))).toBe(false);
  expect(repeats(at('I', '01'), at('E', '02'))).toBe(false);
  expect(repeats(at('I', '01'), at('I', '02', 'y'))).toBe(false);
});

test('takes a line of JSON that is nested beyond all sense for plain text', () => {
  const line = (levels: number) => `{"ts":1,"msg":"x","pod":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  expect(parseJsonLog(line(400))?.pairs[0]?.[1]).toHaveLength(800);
  expect(parseJsonLog(line(20_000))).toBeNull();
});
