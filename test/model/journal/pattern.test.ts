import {describe, expect, it, test} from 'vitest';
import {goDurationMs} from '../../../src/util/go-duration.ts';
import {compilePattern, compileSought} from '../../../src/model/journal/pattern.ts';
import {compileTickPattern} from '../../../src/model/journal/tick-pattern.ts';

function ranges(source: string, text: string) {
  const compiled = compilePattern(source);
  return compiled.ok ? compiled.pattern.ranges(text) : compiled.problem;
}

describe('patterns over log lines', () => {
  it('finds words, alternatives and expressions', () => {
    expect(ranges('pod', 'a pod, a pod')).toEqual([
      [2, 5],
      [9, 12],
    ]);
    expect(ranges('E|W', 'xWE')).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(ranges('(?i)POD', 'a pod')).toEqual([[2, 5]]);
    expect(ranges('(?i)容', '一容')).toEqual([[1, 2]]);
    expect(ranges('n=\\d+$', 'n=1 n=23')).toEqual([[4, 8]]);
    expect(ranges('x*', 'abc')).toEqual([]);
    expect(ranges('a\\.b', 'aXb a.b')).toEqual([[4, 7]]);
  });

  it.each([
    ['(?i)sync.*pod', 'SyncLoop (PLEG) POD', true],
    ['(?i)abcd?e', 'ABCE', true],
    ['(?i)abcd*', 'ABC', true],
    ['(?i)abcd{0,2}e', 'abce', true],
    ['(?i)(hidden)?seen', 'seen', true],
    ['(?i)[xyz]abc', 'ZABC', true],
    ['(?i)a[^]abc]d', 'axD', true],
    ['(?i)one|two', 'TWO', true],
    ['(?i)\\x41bcd', 'abcd', true],
    ['(?i)\\Qa.b\\E.*cde', 'A.B cde', true],
    ['(?i)ab+cde', 'aBBcDe', true],
    ['(?i)abc.*def', 'abc', false],
  ])('ignores case with %s', (source, text, matches) => {
    const compiled = compilePattern(source);
    expect(compiled.ok && compiled.pattern.test(text)).toBe(matches);
  });

  it.each(['(a+)+$', '(a|a)*$', '^(\\w+\\s?)*$', '(x+x+)+y', '(.*)*=', '(a|b)*a(a|b){12}c'])(
    'takes %s over 48 KB in its stride',
    (source) => {
      expect(ranges(source, `${'a'.repeat(48_000)}!`)).toBeInstanceOf(Array);
      expect(ranges(source, 'ab '.repeat(16_000))).toBeInstanceOf(Array);
    },
  );

  it.each([
    ['(', 'missing closing )'],
    ['[z-a]', 'invalid character class range'],
    ['*', 'missing argument to repetition operator'],
    ['(a)\\1', 'not supported'],
    ['(?=a)', 'not supported'],
  ])('says what is wrong with %s', (source, problem) => {
    expect(ranges(source, '')).toContain(problem);
  });
});

describe('tick patterns', () => {
  it('must name the container', () => {
    expect(compileTickPattern('next=(?P<next>\\S+)')).toMatchObject({ok: false});
    expect(compileTickPattern('(?<container>/\\S+)')).toMatchObject({ok: true});
  });

  it.each([
    ['18.780880987s', 18_780.880987],
    ['1m30s', 90_000],
    ['5m0s', 300_000],
    ['500ms', 500],
    ['12µs', 0.012],
    ['0', 0],
    ['', null],
    ['10', null],
    ['soon', null],
  ])('reads the Go duration %j', (text, ms) => {
    const read = goDurationMs(text);
    if (ms === null) expect(read).toBeNull();
    else expect(read).toBeCloseTo(ms, 6);
  });
});

test.each([
  ['syncloop', 'SyncLoop', true],
  ['SyncLoop', 'syncloop', false],
  ['sync.*(add|remove)', 'SyncLoop REMOVE', true],
  ['\\Spod\\W', 'xPod ', true],
  ['\\p{Lu}od', 'Pod', true],
  ['(?P<Name>pod)', 'POD', true],
  ['(?-i)pod', 'Pod', false],
  ['(?i)POD', 'pod', true],
  ['über', 'Über', true],
  ['Ü', 'ü', false],
])('what is looked for is %s: case matters where an upper-case letter says so (%s: %s)', (source, text, found) => {
  const compiled = compileSought(source);
  expect(compiled.ok && compiled.pattern.test(text)).toBe(found);
  expect(compiled.ok && compiled.pattern.ranges(text).length > 0).toBe(found);
});
