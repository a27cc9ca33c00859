import {beforeEach, expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {characterPress} from '../../src/model/screen/key.ts';
import {createPaneModels} from '../../src/session/pane-models.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {Screen} from '../../src/tui/screen.ts';
import {Store} from '../../src/session/store.ts';

let screen: Screen;
let drawn = 0;
let quits = 0;
beforeEach(() => {
  const request = parseArguments(['--demo'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const models = createPaneModels(request.options);
  drawn = 0;
  quits = 0;
  screen = new Screen({
    store: new Store(Object.values(models), () => undefined),
    models,
    command: () => undefined,
    entryFields: () => Promise.resolve(new Map()),
    redraw: () => (drawn += 1),
    quit: () => (quits += 1),
  });
});
const press = (keys: string) => {
  for (const key of keys) screen.press(characterPress(key), () => undefined);
};

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
