import type {JournalEntry} from '../event.ts';
import {safeLine, safeName} from '../draw/safe-text.ts';
import {overlay, type Span, type Tone} from '../draw/span.ts';
import {klogHeader, pairsOf, parseJsonLog} from './klog.ts';
import {severityOf, type Severity} from './line.ts';
import type {LinePattern} from './pattern.ts';

/** How a line is written. */
export interface LineLayout {
  /** Milliseconds in the time, and the source file: what a narrow pane leaves out. */
  readonly narrow: boolean;
  /** Name the unit: more than one is followed. */
  readonly units: boolean;
  readonly grep: LinePattern | null;
  readonly search: LinePattern | null;
}

export interface LaidLine {
  /** Time, severity, unit: stays in place when the text is scrolled sideways. */
  readonly prefix: readonly Span[];
  readonly body: readonly Span[];
}

/** So much of a line is shown in the list; the detail view has more, a copy has all. */
const shownCharacters = 4096;

/** Writes one entry as safe, coloured text; the patterns' matches are set apart. */
export function formatLine(entry: JournalEntry, layout: LineLayout): LaidLine {
  const severity = severityOf(entry);
  const cut = entry.message.length > shownCharacters;
  const text = safeLine(cut ? entry.message.slice(0, shownCharacters) : entry.message.trimEnd());
  const body = formatText(text, severity, layout);
  if (cut) body.push({text: ` …+${sizeText(entry.message.length - shownCharacters)}`, tone: 'mark'});
  return {prefix: formatPrefix(entry, severity, layout), body};
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

function formatText(text: string, severity: Severity, layout: LineLayout): Span[] {
  const json = parseJsonLog(text);
  if (json !== null) {
    const spans: Span[] =
      layout.narrow || json.source === '' ? [] : [{text: `${safeName(json.source)}] `, tone: 'dim'}];
    spans.push({text: safeLine(json.message), tone: toneOf(severity)});
    for (const [key, value] of json.pairs) {
      spans.push({text: ` ${safeLine(key)}=`, tone: 'key'}, {text: safeLine(value), tone: 'plain'});
    }
    return mark(spans, spans.map((span) => span.text).join(''), 0, layout);
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
  return mark(spans, text, start, layout);
}

/** Sets matches apart; they are sought in the whole line, of which the spans begin at `start`. */
function mark(spans: readonly Span[], text: string, start: number, {grep, search}: LineLayout): Span[] {
  const within = (pattern: LinePattern) =>
    pattern
      .ranges(text)
      .filter(([, end]) => end > start)
      .map(([from, end]) => [Math.max(0, from - start), end - start] as const);
  const matched = grep === null ? [...spans] : overlay(spans, within(grep), 'match');
  return search === null ? matched : overlay(matched, within(search), 'found');
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
