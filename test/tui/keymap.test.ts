import {expect, test} from 'vitest';
import {bindings, Keymap} from '../../src/tui/keymap.ts';

const wish = (binding: string, keys: readonly string[], line = 1) => ({binding, keys, where: `config.yaml:${line}`});

test('keys go where the config file says, and mean nothing else where they were', () => {
  const {keymap, problems} = Keymap.of([
    wish('restart', ['ctrl-r', 'X']),
    wish('journal.up', ['Up', 'p']),
    wish('pods', ['B']),
  ]);
  expect(problems).toEqual([]);
  expect(keymap.bindingFor('ctrl+r', 'cpu')?.name).toBe('restart');
  expect(keymap.bindingFor('r', 'cpu')).toBeUndefined();
  expect(keymap.bindingFor('p', 'journal')?.name).toBe('journal.up');
  expect(keymap.isHeld('p')).toBe(true);
  expect(keymap.keyOf('restart')).toBe('ctrl+r');
});

test('two keys may be exchanged, and a key taken away', () => {
  const {keymap, problems} = Keymap.of([wish('restart', ['c']), wish('clear', ['r'])]);
  expect(problems).toEqual([]);
  expect(keymap.bindingFor('c', 'cpu')?.name).toBe('restart');
  expect(Keymap.of([wish('restart', [])]).keymap.keyOf('restart')).toBeNull();
});

test('what cannot be is told with its line, and the keys stay as they were', () => {
  const problem = (...wishes: readonly ReturnType<typeof wish>[]) => {
    const {keymap, problems} = Keymap.of(wishes);
    expect(keymap.bindings.map(({keys}) => keys)).toEqual(bindings.map(({keys}) => keys));
    return problems.join('\n');
  };
  expect(problem(wish('restrat', ['x'], 7))).toBe("config.yaml:7: no key does 'restrat', did you mean 'restart'?");
  expect(problem(wish('restart', ['v'], 3))).toContain("config.yaml:3: 'v' is the key of 'journal.wrap' already");
  expect(problem(wish('clear', ['x'], 2), wish('restart', ['x'], 5))).toContain(
    "'x' is the key of 'restart' already (line 5)",
  );
  expect(problem(wish('restart', ['ctrl+m']))).toContain("'ctrl+m' is no key that a terminal sends");
  expect(problem(wish('restart', ['strg+r']))).toContain('no key that a terminal sends');
  expect(problem(wish('quit-at-once', ['x']))).toContain('it must always work');
});

test('the table has each name once, and no key twice where it would hide another', () => {
  const names = bindings.map(({name}) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const {name, pane, replay} of bindings) {
    if (name.includes('.')) expect(name.split('.')[0]).toBe(replay === true ? 'replay' : pane);
  }
});

test.each([
  {of: 'a node', keymap: Keymap.standard.watching},
  // Where a recording is played `space` and `g` are its own, and neither help nor palette tells what else they do.
  {of: 'a recording', keymap: Keymap.standard.replaying},
])('on the screen of $of no pane takes away a key that works everywhere, but for N while a search is on', (screen) => {
  const {keymap} = screen;
  for (const {keys, pane, name, applies} of keymap.bindings) {
    for (const key of keys) {
      const places = pane === 'all' ? (['journal', 'cpu', 'housekeeping'] as const) : [pane];
      for (const place of places) {
        const hides = keymap.bindings.some(
          (other) => other.applies !== undefined && other.pane === place && other.keys.includes(key),
        );
        if (applies === undefined && !hides)
          expect(keymap.bindingFor(key, place)?.name, `${key} in ${place}`).toBe(name);
      }
    }
  }
});
