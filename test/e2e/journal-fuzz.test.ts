import {Writable} from 'node:stream';
import {Box, render} from 'ink';
import {createElement} from 'react';
import {describe, expect, it} from 'vitest';
import {JournalPane} from '../../src/components/journal-pane.tsx';
import {headline} from '../../src/model/journal/headline.ts';
import {JournalModel} from '../../src/model/journal/journal-model.ts';
import {cellWidth} from '../../src/model/draw/width.ts';
import {nodeMs} from '../../src/model/time.ts';

const width = 100;
const height = 26;

let seed = 20_261_123;
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];

/** What a container could print to take over a terminal, whole and in pieces. */
const hostile = [
  ...['\x1b[38;2;66;66;66m', '\x1b[2J', '\x1b[?1049l', '\x1b[6n', '\x9b31m', '\x1b[999B', '\x1b[s', '\x1b#8', '\x1bc'],
  ...['\x1b]0;title\x07', '\x1b]52;c;cm0gLXJm\x1b\\', '\x9d8;;http://evil\x9c', '\x1bP+q544e\x1b\\', '\x1b_Ga=T\x1b\\'],
  ...['\x1b', '\x1b[', '\x1b]', '\x9b', '\x90', '\r', '\b', '\x07', '\n', '\t', '\0', '\x7f', '\x0e', '\x0f', '\x85'],
  ...['\u202e', '\u2066', '\u200f', '\u2028', '\ufeff', '\u200b', '\ud800', '\udfff', '\u{e0041}', '\u115f', '\u3164'],
  ...['👩‍👧‍👦', '🇩🇪', '👍🏿', '❤️', '1️⃣', '容器', '한글', 'e\u0301\u0301\u0301', 'ﷺ', 'กำ', 'न्दे', '\u1100\u1161', 'ｶﾞ'],
  ...[
    'I1123 20:07:44.858588    1546 a.go:1] ',
    '"msg" key="',
    '{"msg":"',
    '","err":"\\u001b[31m"}',
    'x'.repeat(200),
    ' ',
  ],
] as const;

function hostileLine(): string {
  let line = '';
  for (let pieces = 1 + random() * 12; pieces > 0; pieces -= 1) {
    line += random() < 0.8 ? pick([...hostile]) : String.fromCodePoint(Math.floor(random() * 0x10ffff));
  }
  return line;
}

describe('100 000 hostile lines', () => {
  it('bring no sequence of theirs to the terminal and no row beyond the pane', {timeout: 120_000}, async () => {
    const journal = new JournalModel({
      ...{scrollback: 5000, units: ['kubelet', '\x1b[31m'], kubeletUnit: 'kubelet', watched: () => []},
      ...{grep: null, exclude: [], severity: null, contextLines: 0, fold: false, elapsedMs: () => 0},
    });
    let written = '';
    const stdout = Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written += chunk.toString();
          done();
        },
      }),
      {columns: width, rows: height, isTTY: true},
    );
    const frame = () => {
      const view = journal.view({width, height: height - 1});
      const text = view.rows.map((row) => row.spans.map((span) => span.text).join(''));
      const pane = createElement(JournalPane, {
        ...{view, width, height, banner: null, focused: true},
        headline: headline(journal.summary, nodeMs(0)),
      });
      const drawn = createElement(Box, {width, height, flexDirection: 'column'}, pane);
      return {text, drawn};
    };
    const ink = render(frame().drawn, {
      stdout: stdout as unknown as NodeJS.WriteStream,
      interactive: true,
      patchConsole: false,
    });
    const unsafe: string[] = [];
    for (let batch = 0; batch < 4000; batch += 1) {
      const entries = Array.from({length: 25}, () => ({
        ...{cursor: 'c', at: nodeMs(0), pid: 1, priority: 6},
        ...{unit: pick(['kubelet.service', '\x1b]0;unit\x07']), identifier: '\x1b[5m', message: hostileLine()},
      }));
      journal.apply({type: 'journal', entries});
      if (batch % 100 === 50) journal.toggleWrap();
      const {text, drawn} = frame();
      for (const row of text) {
        if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(row) || cellWidth(row) > width) unsafe.push(row);
      }
      if (batch % 40 !== 0) continue;
      ink.rerender(drawn);
      await ink.waitUntilRenderFlush();
    }
    expect(unsafe.slice(0, 3)).toEqual([]);
    expect(journal.summary.seen).toBe(100_000);
    // Our own sequences: colours, moving and erasing, the cursor's visibility, synchronized output.
    const own = /\x1b\[(?:\d+(?:;\d+)*)?[A-HJKmX]|\x1b\[\?(?:25|2026)[hl]/g;
    expect(written.length).toBeGreaterThan(100_000);
    expect(written).not.toContain('38;2;66;66;66');
    expect(written).not.toContain('\x1b[2J');
    expect(written.replace(own, '').match(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}/gu) ?? []).toEqual([]);
    ink.unmount();
  });
});
