import {sliceSpans, spansWidth, type Span, type Tone} from '../draw/span.ts';
import {cellWidth} from '../draw/width.ts';

/** Cells from `from` up to, not including, `to`. */
type Cells = readonly [from: number, to: number];

/** With less room there is no use in two parts of a line. */
const leastRoom = 24;
/** With less room the end of a line would take the name away that stands before it. */
const endFromRoom = 60;
const ellipsis: Span = {text: '…', tone: 'dim'};
/** How much of the room the end of a line may have, and what matched in its middle. */
const endShare = 0.4;
const matchShare = 0.45;
const twoMatchesShare = 0.27;
const leastBeginning = 8;
/** How much of what stands before a match is shown with it, where that is no key. */
const leadCells = 8;

/**
 * Cuts a line to `room` cells in its middle: what it says stands at its beginning, and the keys and the cause that
 * matter often at its end. What matched the filter and the search is among what is left, with its key; each cut is
 * marked. A line that fits is left as it is. `keys` are the cells where its `key=` begin.
 */
export function fitLine(line: readonly Span[], keys: readonly number[], room: number): readonly Span[] {
  const all = spansWidth(line);
  if (all <= room) return line;
  if (room < leastRoom) return [...sliceSpans(line, 0, room - 1), ellipsis];
  const matches = matchesOf(line);
  const end = room < endFromRoom ? all : endOf(line, keys, all, Math.floor(room * endShare));
  const usual: Cells[] = [
    [0, room - 1 - (all - end)],
    [end, all],
  ];
  const hidden = matches.filter(({cells}) => !isIn(cells, usual));
  // With a part in the middle the others are shorter: what they showed must be wanted, too.
  const wanted = (['match', 'found'] as const)
    .map((tone) => firstOf(hidden, tone) ?? firstOf(matches, tone))
    .filter((cells) => cells !== undefined);
  const parts = hidden.length === 0 ? usual : partsWith(wanted, line, keys, all, room);
  return parts.flatMap(([from, to], i) => [...(i === 0 ? [] : [ellipsis]), ...sliceSpans(line, from, to)]);
}

interface Match {
  readonly tone: Tone;
  readonly cells: Cells;
}

function matchesOf(line: readonly Span[]): readonly Match[] {
  const matches: Match[] = [];
  let column = 0;
  for (const {text, tone} of line) {
    const to = column + cellWidth(text);
    if (tone === 'match' || tone === 'found') {
      const last = matches.at(-1);
      // One that reaches over a key and its value is in two pieces.
      if (last?.tone === tone && last.cells[1] === column)
        matches[matches.length - 1] = {tone, cells: [last.cells[0], to]};
      else matches.push({tone, cells: [column, to]});
    }
    column = to;
  }
  return matches;
}

/** Where the end of a line begins that is shown: with the first key of which all that follows fits, else with a word. */
function endOf(line: readonly Span[], keys: readonly number[], all: number, most: number): number {
  const key = keys.find((each) => all - each <= most);
  if (key !== undefined) return key;
  const from = all - Math.max(0, most);
  const text = sliceSpans(line, from, all)
    .map((span) => span.text)
    .join('');
  const word = text.indexOf(' ');
  return word >= 0 && word < most / 3 ? from + cellWidth(text.slice(0, word + 1)) : from;
}

const isIn = ([from, to]: Cells, parts: readonly Cells[]): boolean =>
  parts.some((part) => part[0] <= from && to <= part[1]);

function firstOf(matches: readonly Match[], tone: Tone): Cells | undefined {
  return matches.find((match) => match.tone === tone)?.cells;
}

/** The parts of the line where matches stand that its beginning and its end do not show. */
function partsWith(
  wanted: readonly Cells[],
  line: readonly Span[],
  keys: readonly number[],
  all: number,
  room: number,
): readonly Cells[] {
  const share = Math.floor(room * (wanted.length > 1 ? twoMatchesShare : matchShare));
  // A long match has its room as long as the beginning of the line has some.
  const longest = Math.floor((room - leastBeginning) / wanted.length) - 1;
  const windows = wanted.map((match) =>
    windowOf(match, keys, all, Math.max(share, Math.min(match[1] - match[0], longest))),
  );
  const left = room - windows.reduce((sum, [from, to]) => sum + to - from + 1, 0) - 1;
  const end = room < endFromRoom ? all : endOf(line, keys, all, left >> 1);
  const parts = joined([[0, left - (all - end)], ...windows, [end, all]]);
  // Nothing behind the last cut, which is marked as well.
  return filled((parts.at(-1)?.[1] ?? all) < all ? [...parts, [all, all]] : parts, room);
}

function windowOf([from, to]: Cells, keys: readonly number[], all: number, most: number): Cells {
  const key = keys.findLast((each) => each <= from);
  const next = keys.find((each) => each >= to) ?? all;
  const start = key !== undefined && to - key <= most ? key : Math.max(0, from - Math.min(leadCells, most >> 2));
  return [start, Math.min(all, start + most, Math.max(next - 1, to))];
}

/** In order, and those that touch as one: between two parts there is always something cut out. */
function joined(parts: readonly Cells[]): Cells[] {
  const out: Cells[] = [];
  for (const [from, to] of parts.filter((part) => part[1] > part[0]).toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1] + 1) out[out.length - 1] = [last[0], Math.max(last[1], to)];
    else out.push([from, to]);
  }
  return out;
}

/** Gives what is left of the room to the first parts that can grow. */
function filled(parts: Cells[], room: number): readonly Cells[] {
  let spare = room - parts.reduce((sum, [from, to]) => sum + to - from, 0) - (parts.length - 1);
  const out = [...parts];
  for (let i = 0; i < out.length - 1 && spare > 0; i += 1) {
    const [[from, to] = [0, 0], next] = [out[i], out[i + 1]];
    const more = Math.min(spare, (next?.[0] ?? to) - to - 2);
    if (more <= 0) continue;
    out[i] = [from, to + more];
    spare -= more;
  }
  return out;
}
