import {Terminal} from '@xterm/headless';
import {describe, expect, it} from 'vitest';
import {safeLine} from '../../../src/model/draw/safe-text.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';

/** How many cells a terminal fills with a text. It knows no emoji, as many do not. */
async function drawnWidth(text: string): Promise<number> {
  const terminal = new Terminal({cols: 2000, rows: 2, allowProposedApi: true});
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  return terminal.buffer.active.cursorX;
}

/** Terminals draw one code point after the other; whoever lays out a row counts clusters. */
function sumOfParts(text: string): number {
  return Array.from(text).reduce((sum, point) => sum + cellWidth(point), 0);
}

describe('the width of safe text', () => {
  it.each([
    ['Thai sara am', 'น้ำ กำ', 'น้ํา กํา'],
    ['Lao sara am', 'ນຳ', 'ນໍາ'],
    ['loose letters of Hangul', '\u1100'.repeat(3) + '\u1161\u11a8\u11a8', 'ㄱㄱ각ㄱ'],
    ['a syllable and more vowels than it has', '가\u1161\u1161', '가ㅏㅏ'],
    ['old Hangul that no letter stands for', '\ua960\ud7b0', '��'],
    ['Indic conjuncts', 'क्ष त्र', 'कष तर'],
    ['spacing marks', 'नमस्ते की', 'नमसते की'],
    ['a letter that stands before the one it joins', '\u0d4eക', '�ക'],
    ['halfwidth sound marks', 'ｶﾞaﾞ', 'ｶﾞaﾞ'],
    ['what is not assigned', '\u0378\uffff\u{2fffe}', '���'],
    ['hexagrams', '䷀☰', '��'],
  ])('is what a terminal fills: %s', async (_, text, safe) => {
    expect(safeLine(text)).toBe(safe);
    expect(await drawnWidth(safe)).toBe(cellWidth(safe));
    expect(sumOfParts(safe)).toBe(cellWidth(safe));
  });

  it('is the sum of its characters, whatever clusters they make', () => {
    let seed = 11;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    const blocks = [
      0x20, 0x300, 0x900, 0xd00, 0xe00, 0xe80, 0x1000, 0x1100, 0x1b00, 0x2600, 0xa960, 0xac00, 0xff00, 0x1f1e0, 0x1f300,
      0x1f468, 0xe0000, 0x11100,
    ];
    for (let round = 0; round < 5000; round++) {
      const points = Array.from({length: 1 + random(12)}, () => (blocks[random(blocks.length)] ?? 0) + random(0x80));
      const safe = safeLine(points.map((point) => String.fromCodePoint(point)).join(random(2) === 0 ? '' : '\u200d'));
      expect(sumOfParts(safe), JSON.stringify(safe)).toBe(cellWidth(safe));
    }
  });
});
