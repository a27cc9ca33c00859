import {copyToClipboard} from '../clipboard.ts';
import {defaultFileName, writeLines} from '../journal-file.ts';
import type {Actions, Binding} from './binding.ts';
import type {JournalModel} from '../../model/journal/journal-model.ts';
import type {JournalLine} from '../../model/journal/line.ts';
import {openPrompt} from '../overlay.ts';

const quiet = () => ({note: '', bad: false});

/** Tells the user what came of something, where there is anything to tell. */
const tell =
  (act: (journal: JournalModel) => string | null): Binding['run'] =>
  (actions) => {
    const said = act(actions.rooms.journal);
    if (said !== null) actions.notify(said);
  };

const onOff = (what: string, isOn: boolean) => `${what} ${isOn ? 'on' : 'off'}`;

/** The keys of the journal pane; pausing and filtering work everywhere. */
export const journalBindings: readonly Binding[] = [
  {
    keys: ['space'],
    pane: 'all',
    what: 'pause the journal view, or go on (reading goes on in either case)',
    run: ({rooms: {journal}}) => (journal.paused ? journal.resume() : journal.pause()),
  },
  {keys: ['/'], pane: 'all', what: 'show only lines that match (RE2; (?i) ignores case)', run: editGrep},
  {keys: ['up', 'k'], pane: 'journal', what: 'one line up', run: ({rooms}) => rooms.journal.move(-1)},
  {keys: ['down', 'j'], pane: 'journal', what: 'one line down', run: ({rooms}) => rooms.journal.move(1)},
  {keys: ['pageup'], pane: 'journal', what: 'one page up', run: ({rooms}) => rooms.journal.page(-1)},
  {keys: ['pagedown'], pane: 'journal', what: 'one page down', run: ({rooms}) => rooms.journal.page(1)},
  {keys: ['home'], pane: 'journal', what: 'oldest line', run: ({rooms}) => rooms.journal.home()},
  {keys: ['end', 'G'], pane: 'journal', what: 'newest line, and follow', run: ({rooms}) => rooms.journal.end()},
  {keys: ['left'], pane: 'journal', what: 'scroll left', run: ({rooms}) => rooms.journal.sideways(-20)},
  {keys: ['right'], pane: 'journal', what: 'scroll right', run: ({rooms}) => rooms.journal.sideways(20)},
  {keys: ['x'], pane: 'journal', what: 'hide lines that match, too (empty: show all again)', run: addExclude},
  {
    keys: ['e'],
    pane: 'journal',
    what: 'lowest severity shown: all, W, E, F',
    run: tell((journal) => `severity: ${journal.choice.nextSeverity() ?? 'all'}`),
  },
  {keys: ['s'], pane: 'journal', what: 'search without filtering', run: editSearch},
  {keys: ['n'], pane: 'journal', what: 'next match, older', run: tell((journal) => journal.searchNext(-1))},
  {keys: ['N'], pane: 'journal', what: 'next match, newer', run: tell((journal) => journal.searchNext(1))},
  {
    keys: ['C'],
    pane: 'journal',
    what: 'lines of context around a match: 0, 1, 3, 5, 10',
    run: tell((journal) => `lines of context: ${journal.choice.nextContext()}`),
  },
  {keys: ['g'], pane: 'journal', what: 'go to a time', run: goToTime},
  {keys: ['m'], pane: 'journal', what: 'mark the line, or unmark it', run: ({rooms}) => rooms.journal.toggleMark()},
  {keys: ["'"], pane: 'journal', what: 'next mark, older', run: tell((journal) => journal.nextMark())},
  {
    keys: ['return'],
    pane: 'journal',
    what: 'one line with all its fields',
    run: (actions) => actions.openLine(),
  },
  {
    keys: ['escape'],
    pane: 'journal',
    what: 'close the line; end the search',
    run: ({rooms: {journal}}) => {
      if (journal.detailOpen) journal.toggleDetail();
      else journal.setSearch('');
    },
  },
  {
    keys: ['f'],
    pane: 'journal',
    what: 'fold repeated lines, or not',
    run: tell((journal) => onOff('folding', journal.choice.toggleFold())),
  },
  {
    keys: ['t'],
    pane: 'journal',
    what: 'housekeeping ticks of the watched pods between the lines',
    run: tell((journal) => onOff('ticks', journal.choice.toggleTicks())),
  },
  {
    keys: ['v'],
    pane: 'journal',
    what: 'wrap long lines, or not',
    run: tell((journal) => onOff('wrapping', journal.toggleWrap())),
  },
  {keys: ['y'], pane: 'journal', what: 'copy the line (over ssh and in tmux, too)', run: copyLine},
  {
    keys: ['w'],
    pane: 'journal',
    what: 'write all matching lines to a file',
    run: (actions) => writeFile(actions, 'matching', actions.rooms.journal.matchingLines()),
  },
  {
    keys: ['W'],
    pane: 'journal',
    what: 'write the lines on the screen to a file',
    run: (actions) => writeFile(actions, 'shown', actions.rooms.journal.linesOnScreen()),
  },
];

function editGrep(actions: Actions): void {
  const {journal} = actions.rooms;
  actions.open(
    openPrompt(
      'filter /',
      journal.summary.grep ?? '',
      (text) => journal.previewGrep(text),
      (text) => journal.choice.setGrep(text),
    ),
  );
}

function addExclude(actions: Actions): void {
  actions.open(
    openPrompt(
      'hide',
      '',
      () => ({note: 'lines that match; empty: show all again', bad: false}),
      (text) => actions.rooms.journal.choice.addExclude(text),
    ),
  );
}

function editSearch(actions: Actions): void {
  const {journal} = actions.rooms;
  actions.open(openPrompt('search', journal.summary.search ?? '', quiet, (text) => journal.setSearch(text)));
}

function goToTime(actions: Actions): void {
  const take = (text: string) => actions.rooms.journal.jump(text, Date.now());
  actions.open(openPrompt('go to', '', () => ({note: '12:30, 12:30:05 or -5m', bad: false}), take));
}

function copyLine(actions: Actions): void {
  const entry = actions.rooms.journal.currentEntry;
  if (entry === null) return actions.notify('there is no line to copy');
  const write = (sequence: string) => process.stdout.write(sequence);
  actions.notify(copyToClipboard(entry.message, process.env, write));
}

function writeFile(actions: Actions, which: string, of: Iterable<JournalLine>): void {
  const lines = [...of];
  if (lines.length === 0) return actions.notify('there are no lines to write');
  const label = `write the ${lines.length} ${which} lines to`;
  actions.open(
    openPrompt(label, defaultFileName(Date.now()), quiet, (path) => {
      if (path.trim() === '') return 'a file needs a name';
      actions.notify(writeLines(path, lines));
      return null;
    }),
  );
}
