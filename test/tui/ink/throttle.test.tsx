import {PassThrough} from 'node:stream';
import {render, Text} from 'ink';
import {useSyncExternalStore} from 'react';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each frame is on the terminal before any timer runs, however soon it comes after another', async () => {
  let frame = 1;
  let draw: () => void = () => undefined;
  const subscribe = (listener: () => void): (() => void) => {
    draw = listener;
    return () => undefined;
  };
  const Counter = () => <Text>frame {useSyncExternalStore(subscribe, () => frame)}</Text>;
  const terminal = Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY: true, columns: 20, rows: 5});
  // What Ink is given is a terminal's stream; of that it uses no more than this one has.
  const stdout = terminal as unknown as NodeJS.WriteStream;
  const {unmount} = render(<Counter />, {stdout, interactive: true, patchConsole: false});
  expect(String(terminal.read())).toContain('frame 1');
  for (frame = 2; frame < 5; frame += 1) {
    draw();
    await Promise.resolve();
    expect(String(terminal.read())).toContain(`${frame}`);
  }
  unmount();
});
