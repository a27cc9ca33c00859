// The text pictures of `docs/screens/` and the cut-outs of `docs/reading-the-screen.md`, from the demo with a clock that
// stands. `npm run screens` draws them anew.
import chalk from 'chalk';
import {Box, renderToString} from 'ink';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {commands} from '../../src/commands/commands.ts';
import {chooseTheme} from '../../src/components/theme.tsx';
import {cellWidth} from '../../src/model/draw/width.ts';
import {HelpView} from '../../src/model/screen/help.ts';
import type {Pane, Size} from '../../src/model/screen/layout.ts';
import {signs} from '../../src/model/screen/signs.ts';
import {localMs} from '../../src/model/time.ts';
import {newFlagList} from '../../src/model/flags/flag-list.ts';
import {Content} from '../../src/tui/app.tsx';
import {asked} from '../../src/tui/overlay.ts';
import {markdownTable} from '../markdown-table.ts';
import {playDemo, startMs, type DemoOptions, type DemoScene} from './demo-scene.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const isUpdate = process.env.UPDATE_SCREENS === '1';
const theme = chooseTheme('mono', {LANG: 'C.UTF-8'}, {depth: 'none', background: null});

const demos: Record<string, DemoScene> = {};
const played: Readonly<Record<string, DemoOptions>> = {
  usual: {},
  restarted: {restart: true, args: ['--grep', 'Watch close|idle/burst|Started kub', '-C', '1']},
};

beforeAll(async () => {
  process.env.TZ = 'UTC';
  chalk.level = 0;
  vi.useFakeTimers({toFake: ['Date'], now: startMs});
  for (const [name, options] of Object.entries(played)) {
    vi.setSystemTime(startMs);
    demos[name] = await playDemo(options, (ms) => vi.setSystemTime(ms));
  }
});

afterAll(() => {
  vi.useRealTimers();
});

type Scene = (scene: DemoScene) => void;

const whole: Scene = () => undefined;
const zoomed =
  (pane: Pane): Scene =>
  ({screen}) => {
    screen.focus = pane;
    screen.zoom();
  };

const searched: Scene = (scene) => {
  zoomed('journal')(scene);
  const {journal} = scene.screen.models;
  journal.end();
  journal.setSearch('next=1');
};

interface Picture {
  readonly name: string;
  readonly size: Size;
  readonly scene: Scene;
  /** Which of the demos; the usual one where it is not said. */
  readonly demo?: string;
}

const pictureOf = (name: string, size: Size, scene: Scene, demo = 'usual'): Picture => ({name, size, scene, demo});

const pictures: readonly Picture[] = [
  pictureOf('whole-200x50', {width: 200, height: 50}, whole),
  pictureOf('whole-120x40', {width: 120, height: 40}, whole),
  pictureOf('whole-80x24', {width: 80, height: 24}, whole),
  pictureOf('whole-60x15', {width: 60, height: 15}, whole),
  pictureOf('journal', {width: 110, height: 24}, zoomed('journal')),
  pictureOf('journal-filtered', {width: 110, height: 28}, searched, 'restarted'),
  pictureOf('cpu', {width: 110, height: 30}, zoomed('cpu')),
  pictureOf('housekeeping', {width: 80, height: 30}, zoomed('housekeeping')),
  pictureOf('help', {width: 120, height: 48}, ({screen}) => screen.open({kind: 'help', view: new HelpView()})),
  pictureOf('palette', {width: 100, height: 20}, ({screen}) => screen.openPalette()),
  pictureOf('flags', {width: 110, height: 20}, ({screen, flags: {rows, notes}}) =>
    screen.open({kind: 'flags', list: newFlagList, shown: () => ({kind: 'read', rows, notes}), set: () => 'none'}),
  ),
  pictureOf('question', {width: 100, height: 20}, ({screen}) =>
    screen.open({...asked(commands.restart), answerable: true}),
  ),
];

function drawn(size: Size, scene: Scene, name = 'usual'): string {
  const demo = demos[name];
  if (demo === undefined) throw new Error(name);
  const {screen, nowMs} = demo;
  [screen.focus, screen.zoomed, screen.overlay, screen.notice] = ['journal', false, null, null];
  scene(demo);
  const props = {screen, terminal: {theme}, unit: 'kubelet', size, now: localMs(nowMs)};
  const text = renderToString(
    <Box width={size.width} height={size.height} overflowY="hidden" flexDirection="column">
      <Content {...props} />
    </Box>,
    {columns: size.width},
  );
  const lines = text.split('\n').map((line) => line.trimEnd());
  expect(lines.length).toBeLessThanOrEqual(size.height);
  for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(size.width);
  return `${lines.join('\n')}\n`;
}

test.each(pictures)('docs/screens/$name.txt is what the demo shows', ({name, size, scene, demo}) => {
  const path = join(docs, 'screens', `${name}.txt`);
  // The first one tells the panes their size.
  drawn(size, scene, demo);
  const text = drawn(size, scene, demo);
  expect(drawn(size, scene, demo), 'two pictures of one moment').toBe(text);
  if (isUpdate) writeFileSync(path, text);
  else expect(text, 'run: npm run screens').toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
});

const picture = (name: string) => readFileSync(join(docs, 'screens', `${name}.txt`), 'utf8').split('\n');

/** Rows (from 1) and columns (from 0) of a picture, in a fence. */
function cutOut(name: string, rows: readonly [number, number], columns: readonly [number, number]): string {
  const lines = picture(name)
    .slice(rows[0] - 1, rows[1])
    .map((line) =>
      Array.from(line)
        .slice(...columns)
        .join('')
        .trimEnd(),
    );
  return ['```text', ...lines, '```'].join('\n');
}

function signTable(pane: Pane): string {
  return markdownTable(
    ['sign', 'what it means'],
    signs[pane].map(({sign, what}) => [`\`${sign}\``, what]),
  );
}

test('docs/reading-the-screen.md shows cut-outs of these pictures, and explains all signs', () => {
  const path = join(docs, 'reading-the-screen.md');
  const text = readFileSync(path, 'utf8');
  const made = text
    .replace(
      /(<!-- cut (\S+) (\d+)-(\d+)(?: (\d+)-(\d+))? -->\n)[^]*?(<!-- \/cut -->)/g,
      (_, begin: string, name: string, ...found: string[]) => {
        const [top = '1', bottom = '1', left = '0', right = '999', end = ''] = found.slice(0, 5);
        const place = [
          [Number(top), Number(bottom)],
          [Number(left), Number(right)],
        ] as const;
        return `${begin}\n${cutOut(name, ...place)}\n\n${end}`;
      },
    )
    .replace(
      /(<!-- signs (journal|cpu|housekeeping) -->\n)[^]*?(<!-- \/signs -->)/g,
      (_, begin: string, pane: Pane, end: string) => `${begin}\n${signTable(pane)}\n\n${end}`,
    );
  if (isUpdate) writeFileSync(path, made);
  else expect(text, 'run: npm run screens').toBe(made);
  expect(made.match(/<!-- cut /g)?.length).toBeGreaterThan(5);
});
