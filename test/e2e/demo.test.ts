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
  await screen.waitFor(/^DEMO/m);
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

/** The rows of the journal pane. */
function journal(screen: TerminalProgram): readonly string[] {
  const header = screen.lines.findIndex((line) => line.includes('─ journal'));
  return screen.lines.slice(header + 1, -2);
}

test('shows a forecast for the demo’s containers and draws their CPU in millicores', async () => {
  const screen = startDemo();
  await screen.waitFor(/cpuload\/load .*\d(\.\d)?s/);
  await screen.waitFor(/in \d+(\.\d)? s/);
  // The second sample of a container makes the first figure: a tick and the next, at most 20 s apart.
  await screen.waitFor(/cpuload +\d+m/, 40_000);
});

test('a filter narrows the journal while it is typed; a bad expression is refused beside it and the old one stays', async () => {
  const screen = startDemo();
  await screen.waitFor('BJOSV');
  screen.press('/');
  await screen.waitFor('filter /');
  screen.type('Kubelet version');
  screen.press('enter');
  await screen.waitFor((now) => journal(now).filter((line) => line.includes('I ')).length === 1);
  expect(journal(screen).join('\n')).toContain('Kubelet version');
  await screen.waitFor(/Kubelet version.*1 of \d+ lines/);

  screen.press('/');
  await screen.waitFor('filter /');
  screen.type('(');
  screen.press('enter');
  await screen.waitFor(/missing|invalid|unmatched|unterminated|unexpected/i);
  screen.press('escape');
  await screen.waitFor((now) => journal(now).join('\n').includes('Kubelet version'));
});

test('restarts the simulated kubelet, measures the downtime and goes on by itself', async () => {
  const screen = startDemo({}, '--grep', 'Started kubelet');
  await screen.waitFor(/up 2 m/);
  const starts = () => journal(screen).filter((line) => line.includes('Started kubelet.service')).length;
  await screen.waitFor(() => starts() === 1);
  screen.press('r');
  await screen.waitFor('Restart the kubelet on demo-worker?');
  screen.press('y');
  await screen.waitFor(/answers again after \d/);
  await screen.waitFor(() => starts() === 2);
  await screen.waitFor(/up \d+ s/);
});

test('clears the simulated journal and keeps following', async () => {
  const screen = startDemo();
  await screen.waitFor('BJOSV');
  screen.press('c');
  await screen.waitFor('ALL units');
  await screen.waitFor('journalctl --vacuum-time=1s');
  screen.press('y');
  await screen.waitFor('journal cleared');
  await screen.waitFor((now) => journal(now).some((line) => line.includes('BJOSV')), 40_000);
});

test('pauses without losing lines, and End returns to the newest', async () => {
  const screen = startDemo();
  await screen.waitFor('BJOSV');
  screen.press('space');
  await screen.waitFor(/paused|new/i);
  await screen.waitFor(/\d+ new/, 40_000);
  screen.press('end');
  await screen.waitFor('following');
});
