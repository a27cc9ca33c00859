import headless from '@xterm/headless';
import {renderToString} from 'ink';
import {expect, test} from 'vitest';
import {Confirm} from '../../src/components/confirm.tsx';
import {hostileWords} from '../node/hostile-words.ts';

/** A long name wraps, in the commands as well. */
const mostRows = 40;

/** The cells that a terminal makes of it, row by row. */
async function cellsOf(drawn: string, width: number): Promise<readonly string[]> {
  const terminal = new headless.Terminal({cols: width + 20, rows: mostRows, allowProposedApi: true});
  await new Promise<void>((resolve) => terminal.write(drawn.replaceAll('\n', '\r\n'), resolve));
  const rows = Array.from({length: mostRows}, (_, row) => {
    const line = terminal.buffer.active.getLine(row);
    return Array.from({length: width + 20}, (_cell, column) => line?.getCell(column)?.getChars() ?? '');
  });
  terminal.dispose();
  return rows.map((cells) => [cells[0], cells[width - 1], cells.slice(width).join('').trim()].join('|'));
}

test.each([...hostileWords, 'a\x1b[2J\x9b31m', '\u202eedo\u2066', '界'.repeat(60), 'e\u0301'.repeat(90)])(
  'a question stays in its box, and asks what it asks, whatever a node is called: %j',
  async (word) => {
    for (const width of [40, 60]) {
      const drawn = renderToString(
        <Confirm
          text={`Restart the kubelet on ${word}?`}
          commands={[`docker exec ${word} systemctl restart kubelet`, `x ${word}`]}
          warning={word}
          yes={false}
          width={width}
        />,
        {columns: width},
      );
      const rows = await cellsOf(drawn, width);
      const high = drawn.split('\n').length;
      expect(rows.slice(0, high)).toEqual(['╭|╮|', ...Array<string>(high - 2).fill('│|│|'), '╰|╯|']);
      expect(rows.slice(high).join('')).toMatch(/^\|*$/);
      expect(drawn).toContain(' No (Enter) ');
    }
  },
);
