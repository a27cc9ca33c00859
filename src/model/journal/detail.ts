import type {JournalEntry} from '../event.ts';
import {safeLines, safeName} from '../draw/safe-text.ts';
import type {Span} from '../draw/span.ts';
import {cellWidth, pad, wrapCells} from '../draw/width.ts';
import {klogHeader, pairsOf, parseJsonLog} from './klog.ts';
import {sizeText} from './format-line.ts';
import {severityOf} from './line.ts';
import {shownCharacters as namedCharacters} from './line-match.ts';
import type {PodNames} from './pod-names.ts';

/** So much of a message, and of each field, is drawn here; a copy has all of the message. */
const shownCharacters = 64 * 1024;
const shownLines = 2000;
const mostNames = 20;

/**
 * One line with all there is to know of it, as rows of at most `width` cells: nothing hidden, escape sequences drawn.
 * `fields` are the other fields of its journal entry, where they were asked for. `names` are those that the list shows in
 * place of a part of the line; here they stand beside it.
 */
export function formatDetail(
  entry: JournalEntry,
  fields: ReadonlyMap<string, string>,
  width: number,
  names: PodNames | null = null,
): Span[][] {
  const {message} = entry;
  const shown = shownPart(message);
  const header = klogHeader(shown);
  const json = parseJsonLog(shown);
  const source = json?.source ?? header?.source ?? '';
  const facts: [string, string][] = [
    ['time', `${new Date(entry.at).toISOString().slice(0, -1)}${microseconds(entry.at)}Z (the node's clock)`],
    ['severity', `${severityOf(entry)} (journal priority ${entry.priority})`],
    ['unit', entry.unit],
    ['process', `${entry.identifier}${entry.pid === null ? '' : `[${entry.pid}]`}`],
  ];
  if (source !== '') facts.push(['source', source]);
  const rows = facts.flatMap(([name, value]) => named(name, value, width));
  rows.push([]);
  for (const line of safeLines(shown, 'show')) rows.push(...wrapCells(line, width).map((text) => [span(text)]));
  if (message.length > shown.length) {
    rows.push([{text: `… and ${sizeText(message.length - shown.length)} more (a copy has all)`, tone: 'mark'}]);
  }
  const told = namesIn(message, names);
  if (told.length > 0) rows.push([], ...told.flatMap(([name, what]) => named(name, what, width)));
  const pairs = json?.pairs ?? pairsOf(shown, header?.messageStart ?? 0).map(({key, value}) => [key, value] as const);
  if (pairs.length > 0) rows.push([], ...pairs.flatMap(([key, value]) => named(key, value, width)));
  rows.push([]);
  for (const [name, value] of fields) rows.push(...named(name, value, width));
  rows.push(...named('cursor', entry.cursor, width));
  return rows;
}

const span = (text: string): Span => ({text, tone: 'plain'});

/** Each name once, with what it stands for. */
function namesIn(message: string, names: PodNames | null): readonly (readonly [string, string])[] {
  const shown = message.slice(0, namedCharacters);
  const all = (names?.namings(shown) ?? []).map(({from, to, name}) => [name, shown.slice(from, to)] as const);
  return all.filter(([, what], i) => all.findIndex((other) => other[1] === what) === i).slice(0, mostNames);
}

function shownPart(text: string): string {
  let end = -1;
  for (let lines = 0; lines < shownLines; lines += 1) {
    end = text.indexOf('\n', end + 1);
    if (end === -1 || end >= shownCharacters) return text.slice(0, shownCharacters);
  }
  return text.slice(0, end);
}

function microseconds(at: number): string {
  return String(Math.round((at - Math.floor(at)) * 1000)).padStart(3, '0');
}

function named(name: string, value: string, width: number): Span[][] {
  const label = pad(safeName(name), 12);
  const indent = cellWidth(label) + 1;
  const shown = shownPart(value);
  const lines = safeLines(shown.length < value.length ? `${shown}…` : shown, 'show').flatMap((line) =>
    wrapCells(line, Math.max(10, width - indent)),
  );
  return lines.map((text, index) => [{text: index === 0 ? `${label} ` : ' '.repeat(indent), tone: 'key'}, span(text)]);
}
