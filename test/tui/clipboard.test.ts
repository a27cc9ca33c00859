import {expect, it} from 'vitest';
import {copyToClipboard} from '../../src/tui/clipboard.ts';

it('copies by OSC 52 outside of tmux, as UTF-8', async () => {
  const written: string[] = [];
  const said = await copyToClipboard('容器 \x1b[31m', {}, (sequence) => written.push(sequence));
  expect(written).toEqual([`\x1b]52;c;${Buffer.from('容器 \x1b[31m').toString('base64')}\x07`]);
  expect(said).toContain('copied');
});

it('refuses what no terminal takes', async () => {
  const written: string[] = [];
  const said = await copyToClipboard(
    'x'.repeat(100_000),
    {},
    (sequence) => written.push(sequence),
    (name) => (name === 'journal.write' ? 'w' : null),
  );
  expect(written).toEqual([]);
  expect(said).toContain('w writes it to a file');
});
