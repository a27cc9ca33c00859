import {afterEach, expect, test, vi} from 'vitest';
import {complain, printJson, printLine, printText} from '../../src/terminal/print.ts';

/** A title, a colour, a one-byte CSI, a direction override, an invisible tag and a line break. */
const hostile = 'a\u001b]0;title\u0007\u001b[31mb\u009b2J\u202ec\u{e0041}\nktop: d\u007f';

function printed(print: () => void): string {
  let text = '';
  const take = (chunk: unknown) => ((text += String(chunk)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  print();
  return text;
}

afterEach(() => void vi.restoreAllMocks());

test('whatever stands in a line, one line of printable text comes out', () => {
  expect(printed(() => printLine(hostile))).toBe('ab�c␤ktop: d␡\n');
  expect(printed(() => complain(hostile))).toBe('ktop: ab�c␤ktop: d␡\n');
});

test('text of our own keeps its lines, and nothing else that a terminal obeys', () => {
  expect(printed(() => printText('one\n\n  two\u001b[2J\n'))).toBe('one\n\n  two\n');
  expect(printed(() => printText(''))).toBe('');
});

test('a line of JSON holds no control, direction or invisible character and parses to the same text', () => {
  const value = {message: `${hostile}\u2028\ud800\u200b👍`, [hostile]: 1};
  const line = printed(() => void printJson(`${JSON.stringify(value)}\n`));
  expect(line).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual(value);
});
