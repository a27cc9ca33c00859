import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import type {Event} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {createPaneModels} from '../../src/session/pane-models.ts';
import {RecordingDeck} from '../../src/session/recording-deck.ts';
import {copyToClipboard} from '../../src/tui/clipboard.ts';
import {bindings, Keymap} from '../../src/tui/keymap.ts';

let before: string;
let folder: string;
beforeEach(() => {
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'ktop-hints-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, {recursive: true});
});

const line: Event = {
  type: 'journal',
  entries: [
    {
      cursor: 'c',
      at: nodeMs(1),
      unit: 'kubelet.service',
      identifier: 'kubelet',
      pid: 1,
      priority: 6,
      message: 'a line',
    },
  ],
};
const poll: Event = {type: 'poll', poll: {sentAt: localMs(0), receivedAt: localMs(0), samples: [], problems: []}};

/** What is said of keys in passing, on a screen with this keymap. */
async function hints({keymap}: {readonly keymap: Keymap}): Promise<Record<string, string>> {
  const keys = (name: string) => keymap.keyOf(name);
  const request = parseArguments(['--demo', '--pod', 'nobody'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const {journal, cpu} = createPaneModels(request.options, {keys});
  for (const event of [line, poll]) {
    journal.apply(event);
    cpu.apply(event);
  }
  const size = {width: 90, height: 10};
  const search = journal.searchNext(1);
  const mark = journal.nextMark() ?? '';
  journal.toggleDetail();
  const missing = cpu.view(size, {now: localMs(0), unicode: true, utcOffsetMs: 0});
  const deck = new RecordingDeck({dir: null, maxBytes: null}, keys);
  deck.reached('n');
  const record = await deck.toggle();
  await deck.toggle();
  return {
    search,
    mark,
    leave: journal.view(size).leave,
    pods: missing.rows[0]?.[0]?.text.trim() ?? '',
    record: record.replace(/^.*:/, ''),
    copy: (await copyToClipboard('x'.repeat(80_000), {}, () => undefined, keys)).replace(/^.*terminal/, ''),
  };
}

test('what the screen says of a key is the key that the user has', async () => {
  const wish = (binding: string, key: string) => ({binding, keys: [key], where: 'config.yaml:1'});
  const names = ['journal.search', 'journal.mark', 'back', 'pods', 'record', 'journal.write'];
  const other = Keymap.of(names.map((name, i) => wish(name, `ctrl+${'aektoy'.charAt(i)}`)));
  expect(other.problems).toEqual([]);
  expect(await hints(other)).toEqual({
    search: 'nothing to search for: ctrl+a asks for it',
    mark: 'no line is marked: ctrl+e marks one',
    leave: ', ctrl+k closes',
    pods: 'no such pod yet: nobody (ctrl+t shows what there is)',
    record: ' ctrl+o ends it',
    copy: ': ctrl+y writes it to a file',
  });
  const none = Keymap.of(names.map((binding) => ({binding, keys: [], where: 'config.yaml:1'})));
  expect(await hints(none)).toMatchObject({search: 'nothing to search for', mark: 'no line is marked', leave: ''});
  // The table has them all: a name that is none would say nothing.
  expect(bindings.map(({name}) => name)).toEqual(expect.arrayContaining(names));
});
