import {beforeEach, expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {commands as commandTable} from '../../src/commands/commands.ts';
import {rowText} from '../../src/model/draw/canvas.ts';
import type {Sample} from '../../src/model/event.ts';
import {characterPress} from '../../src/model/screen/key.ts';
import {paneLayout} from '../../src/model/screen/layout.ts';
import {noConnection} from '../../src/nodes/options.ts';
import {createPaneModels, type PaneModels} from '../../src/session/pane-models.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import type {Node} from '../../src/nodes/node.ts';
import {PipelineWatch} from '../../src/session/pipeline-watch.ts';
import {Keymap} from '../../src/tui/keymap.ts';
import {Screen, type ScreenOptions} from '../../src/tui/screen.ts';
import {Store} from '../../src/session/store.ts';
import {playerOf, syntheticTape} from '../session/played.ts';
import './loaded.ts';

let screen: Screen;
let drawn = 0;
let quits = 0;
let commands: string[] = [];
/** What is to be called once all that was typed so far has been taken. */
let settled: (() => void)[] = [];

/** A screen whose actions, frames and end are counted, and that reaches nothing else; `more` where a test wants it. */
function screenWith(models: PaneModels, more: Partial<ScreenOptions> = {}): Screen {
  return new Screen({
    keymap: Keymap.standard,
    store: new Store(Object.values(models), () => undefined),
    models,
    command: ({name}) => commands.push(name),
    looking: () => {
      throw new Error('no node is looked at here');
    },
    deploys: {options: {clear: false, timeoutMs: 30_000}, binary: null, watchBinary: null},
    entryFields: () => Promise.resolve(new Map()),
    redraw: () => (drawn += 1),
    profile: () => Promise.resolve(),
    toggleRecording: () => Promise.resolve('recording'),
    quit: () => (quits += 1),
    switchTo: () => undefined,
    toggleMouse: () => true,
    connection: noConnection,
    afterInput: (done) => settled.push(done),
    ...more,
  });
}

function watched() {
  const request = parseArguments(['--demo'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  return request.options;
}

beforeEach(() => {
  const models = createPaneModels(watched());
  drawn = 0;
  quits = 0;
  commands = [];
  settled = [];
  screen = screenWith(models);
});
const press = (keys: string) => {
  for (const key of keys) screen.press(characterPress(key), () => undefined);
};

/** All of it in one read of the terminal, a second after the one before. */
let clock = 0;
const read = (text: string, afterMs = 1000) => {
  clock += afterMs;
  screen.read(Array.from(text, characterPress), () => undefined, clock);
};
const settle = () => {
  for (const done of settled.splice(0)) done();
};
const drawnAt = {now: localMs(0), unicode: true, utcOffsetMs: 0};
const node = {name: 'n', provider: 'kind', transport: 'docker exec', commandPrefix: '', readOnly: null};

test('pasted text is no key: nothing happens, and a quiet line says so', () => {
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  for (const text of ['kubectl apply', 'try again', 'cy', 'ry\r', 'query']) {
    read(text);
    expect([screen.overlay, commands, screen.zoomed], text).toEqual([null, [], false]);
    expect(screen.notice?.text).toContain('pasted text does nothing here');
    // The end of a long one comes in a read of its own.
    read('r', 5);
    expect(screen.overlay).toBeNull();
    screen.paste(text);
    expect(screen.overlay).toBeNull();
  }
  read('r');
  expect(screen.overlay?.kind).toBe('confirm');
});

test('a key that is held is no paste, and a single key works as ever', () => {
  read('jjjj');
  expect(screen.notice).toBeNull();
  read('v');
  expect(screen.notice?.text).toBe('wrapping on');
});

test('an answer counts once the question is on the screen, not when it comes in the same burst', () => {
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  read('c');
  read('y', 1);
  read('\r', 1);
  screen.paste('y');
  expect([screen.overlay?.kind, commands]).toEqual(['confirm', []]);
  settle();
  read('yes');
  expect(commands).toEqual([]);
  read('y');
  expect([screen.overlay, commands]).toEqual([null, ['clear']]);
});

test('an open line takes pasted text as one line that nothing submits', () => {
  const typed = () => (screen.overlay?.kind === 'prompt' ? screen.overlay.prompt.line.text : null);
  read('/');
  screen.paste('Sync\nLoop\u001B\n');
  expect(typed()).toBe('Sync Loop');
  // Where the terminal does not mark it, only what comes last can be an Enter.
  read(' \rq');
  expect(typed()).toBe('Sync Loop  q');
  read('!\r');
  expect([screen.overlay, screen.models.journal.summary.grep]).toEqual([null, 'Sync Loop  q!']);
});

test('a key of another pane says where it works, and one that is none where the keys are told', () => {
  press('b');
  expect(screen.notice?.text).toBe('b is a key of the cpu pane: tab goes there');
  press('Q');
  expect(screen.notice?.text).toBe('Q is no key here: ? shows those that are');
});

test('what a key said is gone with the next key', () => {
  press('v');
  expect(screen.notice?.text).toBe('wrapping on');
  press(' ');
  expect(screen.notice).toBeNull();
});

test('what is known later is drawn when it is known', async () => {
  const later = Promise.resolve('copied');
  screen.notify(later);
  await later;
  expect(screen.notice?.text).toBe('copied');
  expect(drawn).toBe(1);
});

test('q leaves the view of one line before it quits', () => {
  const entry = {cursor: 'c', at: nodeMs(0), pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'};
  screen.store.dispatch({type: 'journal', entries: [{...entry, message: 'a line'}]});
  screen.models.journal.view({width: 80, height: 5});
  press('\r');
  expect(screen.models.journal.detailOpen).toBe(true);
  press('q');
  expect(screen.models.journal.detailOpen).toBe(false);
  expect(quits).toBe(0);
  press('q');
  expect(quits).toBe(1);
});

test('a written file is offered by the number of its lines, not of the rules between them', () => {
  const entry = {cursor: 'c', at: nodeMs(0), pid: 1, priority: 6, unit: 'kubelet.service', identifier: 'kubelet'};
  screen.store.dispatch({type: 'journal', entries: [{...entry, message: 'a line'}]});
  screen.store.dispatch({type: 'journal-gap', at: localMs(0), after: null, reason: 'gone', atMost: 3});
  press('w');
  expect(screen.overlay).toMatchObject({kind: 'prompt', prompt: {label: 'write 1 matching line to'}});
});

test('a key that opens a question by way of a line is not answered by what comes with it', () => {
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  read('V');
  read('99\r');
  expect(screen.overlay).toMatchObject({kind: 'prompt', prompt: {refused: 'a whole number from 0 to 20 is wanted'}});
  read('\b');
  for (const key of ['backspace', 'backspace']) screen.press({name: key, text: ''}, () => undefined);
  read('6\r');
  expect(screen.overlay).toMatchObject({kind: 'confirm', action: {name: 'verbosity'}, answerable: false});
  read('y', 1);
  expect(commands).toEqual([]);
  settle();
  read('y');
  expect(commands).toEqual(['verbosity']);
});

test('where ktop may only read there is no key that changes anything, and it says who said so', () => {
  const readOnly = '"read-only" in /c.json';
  screen = screenWith(screen.models, {readOnly});
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  for (const key of ['r', 'c', 'F', 'V']) {
    press(key);
    expect([screen.overlay, screen.notice?.text], key).toEqual([null, expect.stringContaining(readOnly) as string]);
  }
});

test('a flag that is typed in the list of flags is asked about, and a setting of a file is not edited', async () => {
  const row = {path: '/c.yaml', variable: null, state: 'holds'} as const;
  const set: string[] = [];
  const action = (setting: {name: string; value: string}) => {
    set.push(`${setting.name}=${setting.value}`);
    return {...commandTable.restart, name: 'flags' as const};
  };
  const rows = [
    {...row, kind: 'flag', name: 'v', value: '2'} as const,
    {...row, kind: 'setting', name: 'maxPods', value: '110'} as const,
  ];
  screen = screenWith(screen.models, {
    flags: {read: () => Promise.resolve({rows, notes: [], action}), reset: () => Promise.resolve(commandTable.restart)},
  });
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  press('f');
  await Promise.resolve();
  for (const text of ['maxpods\r', '\r']) read(text);
  expect(screen.overlay).toMatchObject({
    kind: 'flags',
    list: {refused: expect.stringContaining('a setting of a file') as string},
  });
  for (let i = 0; i < 7; i += 1) screen.press({name: 'backspace', text: ''}, () => undefined);
  read('--v\r');
  read('9\r');
  expect(set).toEqual(['v=29']);
  expect(screen.overlay).toMatchObject({kind: 'confirm', answerable: false});
});

test('escape and q go back one level; at the top q quits and escape says so', () => {
  press('z');
  expect(screen.zoomed).toBe(true);
  press('\x1b');
  expect([screen.zoomed, quits]).toEqual([false, 0]);
  press('zq');
  expect([screen.zoomed, quits]).toEqual([false, 0]);
  press('\x1b');
  expect([quits, screen.notice?.text]).toEqual([0, 'there is nothing to leave here: q quits']);
  screen.models.journal.setSearch('x');
  press('\x1b');
  expect(screen.models.journal.summary.search).toBeNull();
  press('?q');
  expect([screen.overlay, quits]).toEqual([null, 0]);
  press('q');
  expect(quits).toBe(1);
});

test('the palette runs what a key does, by its name or a part of it, in the pane where it works', () => {
  screen.store.dispatch({type: 'node', at: localMs(0), node});
  press(':cpu.mem\r');
  expect([screen.overlay, screen.focus, screen.models.cpu.view({width: 60, height: 9}, drawnAt).title]).toEqual([
    ...[null, 'cpu'],
    expect.stringContaining('memory'),
  ]);
  // What opens an overlay of its own leaves it open.
  press(':restart\r');
  expect(screen.overlay).toMatchObject({kind: 'confirm', action: {name: 'restart'}});
  press('n:nothing like it\r');
  expect(screen.overlay?.kind).toBe('palette');
});

test('what cannot be done now is not done from the palette either', () => {
  press(':restart\r');
  expect([screen.overlay, screen.notice?.text]).toEqual([null, 'no node yet']);
});

test('N goes on in a search, and offers the nodes where there is none', () => {
  screen.models.journal.setSearch('x');
  press('N');
  expect(screen.overlay).toBeNull();
  press('\x1bN');
  expect(screen.overlay?.kind).toBe('nodes');
  press('\x1b');
  expect(screen.overlay).toBeNull();
});

test('q is a letter where something is typed', () => {
  press(':q');
  expect(screen.overlay).toMatchObject({kind: 'palette', list: {filter: {text: 'q'}}});
});

test('a click focuses the pane under it, and nothing below an overlay', () => {
  const click = (column: number, row: number) => screen.mouse([{kind: 'press', column, row}], {width: 120, height: 40});
  click(2, 2);
  expect(screen.focus).toBe('cpu');
  click(118, 3);
  expect(screen.focus).toBe('housekeeping');
  press(':');
  click(2, 30);
  expect(screen.focus).toBe('housekeeping');
  press('\x1b');
  click(2, 30);
  expect(screen.focus).toBe('journal');
});

test('A follows the first watched pod to the autoscaler, and whoever leaves asks nobody any more', () => {
  const request = parseArguments(['--demo', '--pod', '@node', '--pod', 'web'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const models = createPaneModels(request.options);
  const asked: string[] = [];
  const node: Node = {
    name: 'n',
    provider: 'kind',
    transport: '',
    commandPrefix: '',
    shell: {kind: 'none', why: {tried: '', problem: '', next: null}},
    openRoute: () => new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
  screen = screenWith(models, {
    pipeline: (pod) => {
      asked.push(pod);
      return new PipelineWatch(node, pod, () => undefined, new AbortController().signal);
    },
  });
  press('A');
  expect([screen.overlay, screen.notice?.text]).toEqual([null, 'no pod is watched: p chooses one']);
  const target = {namespace: 'shop', pod: 'web', container: null};
  const sample = {target, at: nodeMs(1), precision: 'ms', usageCoreNanoSeconds: 1, usageNanoCores: 1} as const;
  const more = {workingSetBytes: 1, fingerprint: '', startedAt: null, uid: 'u', novelty: 'new'} as const;
  const poll = {sentAt: localMs(0), receivedAt: localMs(0), samples: [{...sample, ...more}], problems: []};
  screen.store.dispatch({type: 'poll', poll});
  press('A');
  expect([screen.overlay?.kind, asked]).toEqual(['pipeline', ['shop/web']]);
  const signalled = screen.overlay?.kind === 'pipeline' ? screen.overlay.watch : null;
  expect(signalled?.state(localMs(0))).toEqual({kind: 'looking'});
  press('z');
  expect([screen.overlay?.kind, screen.zoomed]).toEqual(['pipeline', false]);
  press('q');
  expect([screen.overlay, quits, signalled?.isStopped]).toEqual([null, 0, true]);
});

test("a click on a pod's row picks it out in all panes, and a second one or esc lets go of it", () => {
  const {cpu, housekeeping} = screen.models;
  const samples = ['a', 'b', 'c'].map((pod): Sample => ({
    ...{target: {namespace: 'default', pod, container: null}, at: nodeMs(0), precision: 'ms', fingerprint: pod},
    ...{usageCoreNanoSeconds: 1e9, usageNanoCores: 1e8, workingSetBytes: 1, startedAt: null, uid: null, novelty: 'new'},
  }));
  const poll = {sentAt: localMs(0), receivedAt: localMs(10), samples, problems: []};
  screen.store.dispatch({type: 'poll', poll});
  const size = {width: 120, height: 40};
  const layout = paneLayout(size, null);
  if (layout.kind !== 'all') throw new Error(layout.kind);
  const drawn = {
    cpu: () =>
      cpu.view({...layout.cpu, height: layout.cpu.height - 1}, {now: localMs(20), unicode: true, utcOffsetMs: 0}),
    housekeeping: () =>
      housekeeping.view({...layout.housekeeping, height: layout.housekeeping.height - 1}, localMs(20), true),
  };
  const click = (pane: 'cpu' | 'housekeeping', name: RegExp) => {
    const row = drawn[pane]().rows.findIndex((each) => name.test(rowText(each)));
    screen.mouse([{kind: 'press', column: pane === 'cpu' ? 3 : 100, row: row + 1}], size);
  };
  click('cpu', /^B b /);
  expect(housekeeping.aimed?.pod).toBe('b');
  const row = drawn.cpu().rows.find((each) => rowText(each).startsWith('B b '));
  expect(row?.[1]?.tone).toBe('strong');
  click('housekeeping', /^c /);
  expect(housekeeping.aimed?.pod).toBe('c');
  click('cpu', /NOW/);
  expect(housekeeping.aimed?.pod).toBe('c');
  press('\x1b');
  expect(housekeeping.aimed).toBeNull();
  click('cpu', /^A a /);
  click('cpu', /^A a /);
  expect(housekeeping.aimed).toBeNull();
});

test('over a recording space plays, what acts on a node says that there is none, and without one no key is of a recording', () => {
  const tape = syntheticTape({seed: 1, pods: 2, durationMs: 120_000, lines: 50, pollMs: 2000});
  const {player, models, store} = playerOf(tape);
  screen = screenWith(models, {player, store});
  press(' ');
  expect(player.isPlaying).toBe(false);
  for (const key of ['r', 'c', 'd', 'D', 'f', 'F', 'V', 'P', 'R']) {
    press(key);
    expect([screen.overlay, screen.notice?.text], key).toEqual([null, expect.stringContaining('this is a recording')]);
  }
  press('.');
  expect(player.now).toBeGreaterThan(tape.stretch.fromMs);
  expect(screen.now).toBe(player.now);
  press('g');
  for (const key of ['2', '5', ':', '0', '0', '\r']) screen.press(characterPress(key), () => undefined);
  expect(screen.overlay?.kind === 'prompt' && screen.overlay.prompt.refused).toContain('that is no time');
  const live = screenWith(createPaneModels(watched()));
  expect(live.keymap.bindings.filter(({replay}) => replay === true)).toEqual([]);
});

test('a key that the user gives to something else does not clash with one of a recording', () => {
  const {problems} = Keymap.of([{binding: 'zoom', keys: ['.'], where: 'c:1'}]);
  expect(problems).toEqual([]);
});

test('up brings back what was typed before, down what was being typed, each prompt its own', () => {
  const typed = () => (screen.overlay?.kind === 'prompt' ? screen.overlay.prompt.line.text : null);
  const key = (name: string) => screen.press({name, text: ''}, () => undefined);
  for (const text of ['one', 'two', 'one']) press(`/${'\b'.repeat(10)}${text}\r`);
  press(`/${'\b'.repeat(10)}new`);
  const seen = ['up', 'up', 'up', 'down', 'down', 'down'].map((name) => {
    key(name);
    return typed();
  });
  expect(seen).toEqual(['one', 'two', 'two', 'one', 'new', 'new']);
  key('escape');
  press('s');
  key('up');
  expect(typed()).toBe('');
});

test('who searches is told how to go on from a match', () => {
  press('s');
  if (screen.overlay?.kind !== 'prompt') throw new Error('no line is open');
  expect(screen.overlay.prompt.preview('x').note).toBe('then n older, N newer');
});
