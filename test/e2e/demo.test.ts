import {afterEach, expect, test} from 'vitest';
import {TerminalProgram, type TerminalOptions} from './terminal.ts';

// The whole program in a real terminal, against its own demo.
let ktop: TerminalProgram | undefined;
afterEach(async () => {
  await ktop?.dispose();
  ktop = undefined;
});

function startDemo(options?: TerminalOptions, ...args: readonly string[]): TerminalProgram {
  ktop = TerminalProgram.ktop(['--demo', ...args], options);
  return ktop;
}

const panes = ['journal', 'cpu', 'housekeeping'];

test('starts with three panes and says that it is a demo', async () => {
  const screen = startDemo();
  for (const pane of panes) await screen.waitFor(pane);
  await screen.waitFor('DEMO, a simulated node');
});

test('fits every size, follows each resize and asks for more room below 60×15', async () => {
  const screen = startDemo({columns: 120, rows: 40});
  for (const [columns, rows] of [
    [80, 24],
    [60, 15],
    [200, 50],
  ] as const) {
    screen.resize(columns, rows);
    await screen.waitFor((now) => panes.every((pane) => now.text.includes(pane)) && now.lines.at(-1) !== '');
    // A frame that is too tall scrolls: the first row is the first pane's header.
    expect(screen.lines[0]).toContain('cpu');
    expect(Math.max(...screen.lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
  screen.resize(59, 15);
  await screen.waitFor('make the pane larger');
  screen.resize(120, 40);
  await screen.waitFor((now) => panes.every((pane) => now.text.includes(pane)));
});

test('a restart asks first, with No as the default', async () => {
  const screen = startDemo();
  await screen.waitFor('demo-worker');
  screen.press('r');
  await screen.waitFor('Restart the kubelet on demo-worker?');
  await screen.waitFor('systemctl restart kubelet');
  screen.press('enter');
  await screen.waitFor((now) => !now.text.includes('Restart the kubelet on'));
  expect(screen.text).not.toContain('answers again');
});
