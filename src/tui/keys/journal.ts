import {copyToClipboard} from '../clipboard.ts';
import {defaultFileName, entryCount, writeLines} from '../journal-file.ts';
import {counted} from '../../util/counted.ts';
import type {Actions, Binding} from './binding.ts';
import type {JournalModel} from '../../model/journal/journal-model.ts';
import type {JournalLine} from '../../model/journal/line.ts';
import {momentForms} from '../../model/journal/moment.ts';
import {ofKey} from '../../model/screen/key.ts';
import {openPrompt} from '../overlay.ts';
import {writeSequence} from '../../terminal/print.ts';

const quiet = () => ({note: '', bad: false});

/** Tells the user what came of something, where there is anything to tell. */
const notify =
  (act: (journal: JournalModel) => string | null): Binding['run'] =>
  (actions) => {
    const output = act(actions.models.journal);
    if (output !== null) actions.notify(output);
  };

const onOff = (what: string, isOn: boolean) => `${what} ${isOn ? 'on' : 'off'}`;

/** The keys of the journal pane; pausing and filtering work everywhere. */
export const journalBindings: readonly Binding[] = [
  {
    name: 'pause',
    keys: ['space'],
    pane: 'all',
    what: 'pause the journal view, or go on (reading goes on in either case)',
    run: ({models: {journal}}) => (journal.paused ? journal.resume() : journal.pause()),
  },
  {
    name: 'filter',
    keys: ['/'],
    pane: 'all',
    what: 'show only lines that match (RE2; an upper-case letter makes case matter)',
    run: editGrep,
  },
  {
    name: 'journal.up',
    keys: ['up', 'k'],
    pane: 'journal',
    what: 'one line up',
    held: true,
    run: ({models}) => models.journal.move(-1),
  },
  {
    name: 'journal.down',
    keys: ['down', 'j'],
    pane: 'journal',
    what: 'one line down',
    held: true,
    run: ({models}) => models.journal.move(1),
  },
  {
    name: 'journal.page-up',
    keys: ['pageup', 'ctrl+b'],
    pane: 'journal',
    what: 'one page up',
    run: ({models}) => models.journal.page(-1),
  },
  {
    name: 'journal.page-down',
    keys: ['pagedown', 'ctrl+f'],
    pane: 'journal',
    what: 'one page down',
    run: ({models}) => models.journal.page(1),
  },
  {
    name: 'journal.half-up',
    keys: ['ctrl+u'],
    pane: 'journal',
    what: 'half a page up',
    held: true,
    run: ({models}) => models.journal.page(-1, 0.5),
  },
  {
    name: 'journal.half-down',
    keys: ['ctrl+d'],
    pane: 'journal',
    what: 'half a page down',
    held: true,
    run: ({models}) => models.journal.page(1, 0.5),
  },
  {
    name: 'journal.oldest',
    keys: ['home'],
    pane: 'journal',
    what: 'oldest line',
    run: ({models}) => models.journal.home(),
  },
  {
    name: 'journal.newest',
    keys: ['end', 'G'],
    pane: 'journal',
    what: 'newest line, and follow',
    run: ({models}) => models.journal.end(),
  },
  {
    name: 'journal.left',
    keys: ['left'],
    pane: 'journal',
    what: 'scroll left',
    run: ({models}) => models.journal.sideways(-20),
  },
  {
    name: 'journal.right',
    keys: ['right'],
    pane: 'journal',
    what: 'scroll right',
    run: ({models}) => models.journal.sideways(20),
  },
  {
    name: 'journal.hide',
    keys: ['x'],
    pane: 'journal',
    what: 'hide lines that match, too (empty: show all again)',
    run: addExclude,
  },
  {
    name: 'journal.severity',
    keys: ['e'],
    pane: 'journal',
    what: 'lowest severity shown: all, W, E, F',
    run: notify((journal) => `severity: ${journal.filter.nextSeverity() ?? 'all'}`),
  },
  {name: 'journal.search', keys: ['s'], pane: 'journal', what: 'search without filtering', run: editSearch},
  {
    name: 'journal.older-match',
    keys: ['n'],
    pane: 'journal',
    what: 'next match, older',
    held: true,
    run: notify((journal) => journal.searchNext(-1)),
  },
  {
    name: 'journal.newer-match',
    keys: ['N'],
    pane: 'journal',
    what: 'next match, newer (while a search is on)',
    applies: ({models}) => models.journal.summary.search !== null,
    held: true,
    run: notify((journal) => journal.searchNext(1)),
  },
  {
    name: 'journal.context',
    keys: ['C'],
    pane: 'journal',
    what: 'lines of context around a match: 0, 1, 3, 5, 10',
    run: notify((journal) => `lines of context: ${journal.filter.nextContext()}`),
  },
  {
    name: 'journal.time',
    keys: ['g'],
    pane: 'journal',
    what: 'go to a time, with its day where it is not today',
    run: goToTime,
  },
  {
    name: 'journal.mark',
    keys: ['m'],
    pane: 'journal',
    what: 'mark the line, or unmark it',
    run: ({models}) => models.journal.toggleMark(),
  },
  {
    name: 'journal.next-mark',
    keys: ["'"],
    pane: 'journal',
    what: 'next mark, older',
    run: notify((journal) => journal.nextMark()),
  },
  {
    name: 'journal.line',
    keys: ['return'],
    pane: 'journal',
    what: 'one line with all its fields',
    run: (actions) => actions.openLine(),
  },
  {
    name: 'journal.fold',
    keys: ['u'],
    pane: 'journal',
    what: 'fold repeated lines, or not',
    run: notify((journal) => onOff('folding', journal.filter.toggleFold())),
  },
  {
    name: 'journal.ticks',
    keys: ['t'],
    pane: 'journal',
    what: 'housekeeping ticks of the watched pods between the lines',
    run: notify((journal) => onOff('ticks', journal.filter.toggleTicks())),
  },
  {
    name: 'journal.wrap',
    keys: ['v'],
    pane: 'journal',
    what: 'wrap long lines, or not',
    run: notify((journal) => onOff('wrapping', journal.toggleWrap())),
  },
  {
    name: 'journal.copy',
    keys: ['y'],
    pane: 'journal',
    what: 'copy the line (over ssh and in tmux, too)',
    run: copyLine,
  },
  {
    name: 'journal.write',
    keys: ['w'],
    pane: 'journal',
    what: 'write all matching lines to a file',
    run: (actions) => writeFile(actions, writtenOf(actions), actions.models.journal.matchingLines()),
  },
  {
    name: 'journal.write-screen',
    keys: ['W'],
    pane: 'journal',
    what: 'write the lines on the screen to a file',
    run: (actions) =>
      writeFile(actions, (count) => counted(count, 'shown line'), actions.models.journal.linesOnScreen()),
  },
];

function editGrep(actions: Actions): void {
  const {journal} = actions.models;
  actions.open(
    openPrompt(
      'filter /',
      journal.summary.grep ?? '',
      (text) => journal.previewGrep(text),
      (text) => journal.filter.setGrep(text),
    ),
  );
}

function addExclude(actions: Actions): void {
  actions.open(
    openPrompt(
      'hide',
      '',
      () => ({note: 'lines that match; empty: show all again', bad: false}),
      (text) => actions.models.journal.filter.addExclude(text),
    ),
  );
}

function editSearch(actions: Actions): void {
  const {journal} = actions.models;
  const take = (text: string) => {
    const refused = journal.setSearch(text);
    const note = refused === null ? journal.searchNote : null;
    if (note !== null) actions.notify(note);
    return refused;
  };
  const next = [
    ofKey(actions.keyOf, 'journal.older-match', (key) => `then ${key} older`),
    ofKey(actions.keyOf, 'journal.newer-match', (key) => `${key} newer`),
  ];
  const note = next.filter((one) => one !== '').join(', ');
  actions.open(openPrompt('search', journal.summary.search ?? '', () => ({note, bad: false}), take));
}

function goToTime(actions: Actions): void {
  const {journal} = actions.models;
  const take = (text: string) => {
    const refused = journal.jump(text, actions.now);
    if (refused === null && journal.jumpNote !== null)
      actions.notify(`${journal.jumpNote}: --since reads further back`);
    return refused;
  };
  actions.open(openPrompt('go to', '', () => ({note: momentForms, bad: false}), take));
}

function copyLine(actions: Actions): void {
  const entry = actions.models.journal.currentEntry;
  if (entry === null) return actions.notify(noLine(actions));
  actions.notify(copyToClipboard(entry.message, process.env, writeSequence, actions.keyOf));
}

/** A rule between the lines is ktop's own. */
function noLine({models, keyOf}: Actions): string {
  if (models.journal.summary.matched === 0) return 'there is no line to copy';
  return `this is no line of the journal, but between two${ofKey(keyOf, 'journal.down', (key) => `: ${key} goes to the next`)}`;
}

/** How the lines that match are called: with context there are others among them. */
function writtenOf({models}: Actions): (count: number) => string {
  const {matched} = models.journal.summary;
  return (count) =>
    count === matched
      ? counted(count, 'matching line')
      : `${counted(count, 'line')} (${counted(matched, 'match', 'matches')} with context)`;
}

function writeFile(actions: Actions, nameOf: (count: number) => string, of: Iterable<JournalLine>): void {
  const lines = [...of];
  const count = entryCount(lines);
  if (count === 0) return actions.notify('there are no lines to write');
  actions.open(
    openPrompt(`write ${nameOf(count)} to`, defaultFileName(actions.now), quiet, (path) => {
      if (path.trim() === '') return 'a file needs a name';
      actions.notify(writeLines(path, lines));
      return null;
    }),
  );
}
