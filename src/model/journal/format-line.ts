import type {JournalEntry} from '../event.ts';
import {safeLine, safeName} from '../draw/safe-text.ts';
import {overlay, type Span, type Tone} from '../draw/span.ts';
import {cellWidth} from '../draw/width.ts';
import {klogHeader, pairsOf, parseJsonLog} from './klog.ts';
import {severityOf, type Severity} from './line.ts';
import {shownCharacters} from './line-match.ts';
import type {LinePattern, MatchRange} from './pattern.ts';
import type {Naming, PodNames} from './pod-names.ts';

/** How a line is written. */
export interface LineLayout {
  /** Milliseconds in the time, and the source file: what a narrow pane leaves out. */
  readonly narrow: boolean;
  /** Name the unit: more than one is followed. */
  readonly units: boolean;
  readonly grep: LinePattern | null;
  readonly search: LinePattern | null;
  /** Whose cgroups, uids and ids are shown by their names; absent: as they are. */
  readonly names?: PodNames;
}

export interface LaidLine {
  /** Time, severity, unit: stays in place when the text is scrolled sideways. */
  readonly prefix: readonly Span[];
  readonly body: readonly Span[];
  /** The cells of the body where its `key=` begin. */
  readonly keys: readonly number[];
}

/** Writes one entry as safe, coloured text; the patterns' matches are set apart. */
export function formatLine(entry: JournalEntry, layout: LineLayout): LaidLine {
  const severity = severityOf(entry);
  const cut = entry.message.length > shownCharacters;
  const text = safeLine(cut ? entry.message.slice(0, shownCharacters) : entry.message.trimEnd());
  const {body, keys} = formatText(text, severity, layout);
  if (cut) body.push({text: ` …+${sizeText(entry.message.length - shownCharacters)}`, tone: 'mark'});
  return {prefix: formatPrefix(entry, severity, layout), body, keys};
}

function formatPrefix(entry: JournalEntry, severity: Severity, layout: LineLayout): Span[] {
  const prefix: Span[] = [
    {text: clockTime(entry.at, !layout.narrow), tone: 'dim'},
    {text: ` ${severity.charAt(0).toUpperCase()} `, tone: severity},
  ];
  if (layout.units || entry.identifier === 'systemd') {
    const name = layout.units ? entry.unit.replace(/\.service$/, '') : entry.identifier;
    prefix.push({text: `${safeName(name)} `, tone: 'unit'});
  }
  return prefix;
}

interface Body {
  readonly body: Span[];
  readonly keys: readonly number[];
}

function formatText(text: string, severity: Severity, layout: LineLayout): Body {
  const json = parseJsonLog(text);
  if (json !== null) {
    const spans: Span[] =
      layout.narrow || json.source === '' ? [] : [{text: `${safeName(json.source)}] `, tone: 'dim'}];
    spans.push({text: safeLine(json.message), tone: toneOf(severity)});
    for (const [key, value] of json.pairs) {
      spans.push({text: ' ', tone: 'plain'}, {text: `${safeLine(key)}=`, tone: 'key'});
      spans.push({text: safeLine(value), tone: 'plain'});
    }
    return finished(spans, spans.map((span) => span.text).join(''), 0, layout);
  }
  const header = klogHeader(text);
  const start = header === null ? 0 : layout.narrow ? header.messageStart : header.sourceStart;
  const messageStart = header?.messageStart ?? 0;
  const spans: Span[] = [];
  if (start < messageStart) spans.push({text: text.slice(start, messageStart), tone: 'dim'});
  let at = messageStart;
  for (const pair of header === null ? [] : pairsOf(text, messageStart)) {
    if (pair.keyStart > at) spans.push({text: text.slice(at, pair.keyStart), tone: toneOf(severity)});
    spans.push({text: text.slice(pair.keyStart, pair.valueStart), tone: 'key'});
    spans.push({text: text.slice(pair.valueStart, pair.valueEnd), tone: 'plain'});
    at = pair.valueEnd;
  }
  if (at < text.length) spans.push({text: text.slice(at), tone: toneOf(severity)});
  return finished(spans, text, start, layout);
}

/**
 * Puts the names in and sets matches apart. Those are sought in the whole line, of which the spans begin at `start`, as
 * the node wrote it and as it is shown.
 */
function finished(spans: readonly Span[], text: string, start: number, {grep, search, names}: LineLayout): Body {
  const namings = (names?.namings(text) ?? []).filter(({from}) => from >= start);
  const named = withNames(spans, namings, start);
  const shown = namings.length === 0 ? text : text.slice(0, start) + named.map((span) => span.text).join('');
  const within = (pattern: LinePattern) => {
    const asWritten = pattern.ranges(text);
    const ranges =
      namings.length === 0
        ? asWritten
        : united([...asWritten.map((range) => asShown(range, namings)), ...pattern.ranges(shown)]);
    return ranges
      .filter(([, end]) => end > start)
      .map(([from, end]) => [Math.max(0, from - start), end - start] as const);
  };
  const matched = grep === null ? [...named] : overlay(named, within(grep), 'match');
  return {
    body: search === null ? matched : overlay(matched, within(search), 'found'),
    keys: keysOf(named),
  };
}

function withNames(spans: readonly Span[], namings: readonly Naming[], start: number): readonly Span[] {
  if (namings.length === 0) return spans;
  const out: Span[] = [];
  let offset = start;
  let next = 0;
  for (const {text, tone} of spans) {
    const end = offset + text.length;
    let at = offset;
    while (at < end) {
      const naming = namings[next];
      const from = Math.max(at, Math.min(end, naming?.from ?? end));
      if (from > at) out.push({text: text.slice(at - offset, from - offset), tone});
      at = from;
      if (naming === undefined || at >= end) continue;
      // What is named may reach over several spans: the name stands where it begins.
      if (naming.from >= offset) out.push({text: naming.name, tone: 'name'});
      at = Math.min(end, naming.to);
      if (naming.to <= end) next += 1;
    }
    offset = end;
  }
  return out;
}

/** Where a range of the line as it was written is in the line as it is shown; of a name it is all. */
function asShown([from, to]: MatchRange, namings: readonly Naming[]): MatchRange {
  return [placeShown(from, namings, 'start'), placeShown(to, namings, 'end')];
}

function placeShown(at: number, namings: readonly Naming[], side: 'start' | 'end'): number {
  let shift = 0;
  for (const {from, to, name} of namings) {
    if (from >= at) break;
    if (to > at) return from + shift + (side === 'end' ? name.length : 0);
    shift += name.length - (to - from);
  }
  return at + shift;
}

function united(ranges: readonly MatchRange[]): readonly MatchRange[] {
  const out: MatchRange[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from < last[1]) out[out.length - 1] = [last[0], Math.max(last[1], to)];
    else out.push([from, to]);
  }
  return out;
}

function keysOf(spans: readonly Span[]): readonly number[] {
  const keys: number[] = [];
  let column = 0;
  for (const {text, tone} of spans) {
    if (tone === 'key') keys.push(column);
    column += cellWidth(text);
  }
  return keys;
}

function toneOf(severity: Severity): Tone {
  return severity === 'info' ? 'plain' : severity;
}

/** `20:07:44.858`, by the wall clock here. */
export function clockTime(at: number, withMs: boolean): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMs ? `${time}.${String(date.getMilliseconds()).padStart(3, '0')}` : time;
}

/** A length for the user: `512 characters`, `12 KB`. */
export function sizeText(characters: number): string {
  return characters < 1024 ? `${characters} characters` : `${Math.round(characters / 1024)} KB`;
}
