import {describe, expect, it} from 'vitest';
import {safeLine, safeLines} from '../../../src/model/draw/safe-text.ts';
import {cellWidth, wrapCells} from '../../../src/model/draw/width.ts';

describe('safeLine', () => {
  it.each([
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a private CSI', 'a\x1b[?1049hb', 'ab'],
    ['a CSI as one C1 byte', 'a\x9b2Jb', 'ab'],
    ['a window title', 'a\x1b]0;pwned\x07b', 'ab'],
    ['a clipboard write ended by ST', 'a\x1b]52;c;cHduZWQ=\x1b\\b', 'ab'],
    ['a device control string', 'a\x1bPq#0\x1b\\b', 'ab'],
    ['a terminal reset', 'a\x1bcb', 'ab'],
    ['a character set switch', 'a\x1b(0b', 'ab'],
    ['an OSC that never ends: only what it says is left', 'a\x1b]0;title', 'a␛]0;title'],
    ['a lone escape', 'a\x1b', 'a␛'],
    ['overwriting by CR and BS', 'good\rbad\b\b', 'good␍bad␈␈'],
    ['a line break', 'panic:\n goroutine', 'panic:␤ goroutine'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a␤b␤c'],
    ['NUL, BEL, DEL and other C1', '\0\x07\x7f\x85', '␀␇␡�'],
    ['direction overrides', 'user\u202egnp.exe', 'user�gnp.exe'],
    ['a lone surrogate', 'a\ud800b', 'a�b'],
    ['invisible characters', 'ku\u200bbe\u00adlet\ufeff', 'kubelet'],
    ['tabs to stops of eight', 'a\tbb\t漢\tc', 'a       bb      漢      c'],
    ['an emoji sequence as its parts', '👩‍👧 👍🏽 ❤️ 🇩🇪 1️⃣', '👩👧 👍 ❤ DE 1'],
    ['a heap of combining marks', 'e' + '\u0301'.repeat(500), 'e' + '\u0301'.repeat(4)],
  ])('removes or shows %s', (_, text, safe) => {
    expect(safeLine(text)).toBe(safe);
  });

  it('shows escape sequences where nothing may be hidden', () => {
    expect(safeLine('\x1b[31mred', 'show')).toBe('␛[31mred');
  });

  it('leaves nothing but printable characters of any text', () => {
    let seed = 7;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    const hostile = [
      '\x1b',
      '[',
      ']',
      '\x9b',
      '\x9d',
      'P',
      '\\',
      '\x07',
      '\r',
      '\b',
      '\u202e',
      '\ud83d',
      '\ude00',
      '\t',
    ];
    for (let round = 0; round < 5000; round++) {
      let text = '';
      for (let length = random() * 30; length > 0; length--) {
        text +=
          random() < 0.6
            ? (hostile[Math.floor(random() * hostile.length)] ?? '')
            : String.fromCharCode(random() * 0xffff);
      }
      for (const mode of ['strip', 'show'] as const) {
        const safe = safeLine(text, mode);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(safe).toBe(safeLine(safe, mode));
      }
    }
  });

  it('stays linear on a long line of unfinished sequences', () => {
    expect(safeLine('\x1b]'.repeat(100_000)).length).toBe(200_000);
    expect(safeLine('\x1b[0;'.repeat(100_000)).length).toBeGreaterThan(0);
    // Each of these begins a string that could run to the end: minutes, if each were looked for to the end.
    expect(safeLine('\x9d'.repeat(1_000_000))).toBe('�'.repeat(1_000_000));
    expect(safeLine('\x90a'.repeat(500_000)).length).toBe(1_000_000);
    // Each of these looks through the marks behind it for a letter.
    expect(safeLine('क' + '\u094d'.repeat(200_000))).toHaveLength(5);
  });

  it('leaves no character as people count them wider than a narrow row', () => {
    for (const mark of ['\uff9e', '\uff9e\u0301', '\u0903', '\u094d\uff9f']) {
      expect(wrapCells(safeLine(`カ${mark.repeat(1000)}`), 8)).toHaveLength(1);
    }
  });

  it('keeps a wide text as wide as it measures', () => {
    expect(cellWidth(safeLine('容器👍e\u0301'))).toBe(7);
  });
});

describe('safeLines', () => {
  it('splits a message of several lines', () => {
    expect(safeLines('panic: x\r\n\tat main\n')).toEqual(['panic: x', '        at main']);
  });
});
