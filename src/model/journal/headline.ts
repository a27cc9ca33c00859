import type {NodeMs} from '../time.ts';
import {safeLine} from '../draw/safe-text.ts';
import {safeFailure} from '../failure.ts';
import {counted} from '../../util/counted.ts';
import {durationText} from '../../util/duration.ts';
import type {JournalSummary} from './journal-model.ts';

/** What the pane's header says, as safe text. */
export interface Headline {
  /** What is shown, and how much of what there is. */
  readonly left: string;
  /** Where the stream stands, and how old its newest line is. */
  readonly right: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'bad';
  /** Why there are no lines, in full: for the room that they would have. */
  readonly notes: readonly string[];
}

/** The header for the present moment, by the node's clock as all panes take it: a silent stream shows its age. */
export function headline(summary: JournalSummary, now: NodeMs): Headline {
  const parts = [
    summary.grep === null ? null : `/${safeLine(summary.grep)}/`,
    ...summary.exclude.map((source) => `not /${safeLine(source)}/`),
    summary.severity === null ? null : `${summary.severity}+`,
    counts(summary),
    summary.search === null ? null : `search /${safeLine(summary.search)}/`,
  ];
  const left = parts.filter((part) => part !== null).join(' ');
  const {text, tone} = streamText(summary, now);
  const notes = whyNot(summary);
  if (summary.fresh === null) return {left, right: text, tone, notes};
  const behind = summary.fresh === 0 ? 'paused' : `paused, ${summary.fresh} new`;
  // Paused and following at once would be read as a contradiction; that the stream is well goes without saying.
  const right = [behind, text.replace(/^following(?: · )?/, '')].filter((part) => part !== '').join(' · ');
  return {left, right, tone: tone === 'good' || tone === 'plain' ? 'warning' : tone, notes};
}

function counts({matched, held, seen, progress}: JournalSummary): string {
  const looking = progress < 1 ? ` (${Math.floor(progress * 100)} %)` : '';
  const ofAll = seen > held ? `, ${seen} seen` : '';
  return `${matched === held ? '' : `${matched} of `}${counted(held, 'line')}${looking}${ofAll}`;
}

function whyNot({stream, newestAt}: JournalSummary): string[] {
  const isOut = stream?.kind === 'unavailable' || (stream?.kind === 'reconnecting' && newestAt === null);
  if (!isOut) return [];
  const {tried, problem, next} = safeFailure(stream.failure);
  return [`${tried}: ${problem}`, ...(next === null ? [] : [`try: ${next}`])];
}

function streamText({stream, newestAt}: JournalSummary, now: NodeMs): Pick<Headline, 'tone'> & {text: string} {
  const ageMs = newestAt === null ? null : Math.max(0, now - newestAt);
  const last = ageMs === null ? 'no line yet' : ageMs < 2000 ? '' : `last line ${durationText(ageMs)} ago`;
  switch (stream?.kind) {
    case undefined:
    case 'connecting':
      return {text: 'connecting', tone: 'plain'};
    case 'following': {
      const warning = safeLine(stream.warning ?? '');
      const text = ['following', warning, last].filter((part) => part !== '').join(' · ');
      return {text, tone: warning === '' ? 'good' : 'warning'};
    }
    case 'reconnecting':
      return {text: `reconnecting (try ${stream.attempt}): ${safeFailure(stream.failure).problem}`, tone: 'warning'};
    case 'unavailable':
      return {text: `unavailable: ${safeFailure(stream.failure).problem}`, tone: 'bad'};
  }
}
