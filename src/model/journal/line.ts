import type {JournalEntry} from '../event.ts';
import {klogStart, levelOf, type LogLevel} from './klog.ts';

export const severities = ['info', 'warning', 'error', 'fatal'] as const satisfies readonly LogLevel[];
export type Severity = LogLevel;

type RuleKind = 'start' | 'gap' | 'suppressed' | 'clear' | 'action' | 'tick';

/** Something that happened between the lines, drawn as a rule across the pane. */
export interface Rule {
  readonly rule: RuleKind;
  /** Unix milliseconds by the node's clock. */
  readonly at: number;
  readonly text: string;
}

/** What the pane holds, in the order of its coming. */
export type JournalLine = JournalEntry | Rule;

/** Whether it is a rule of ours between the lines, not a line of the journal. */
export function isRule(line: JournalLine): line is Rule {
  return 'rule' in line;
}

/** How many characters a line takes. */
export function lineSize(line: JournalLine): number {
  return isRule(line) ? line.text.length : line.message.length + line.cursor.length + (line.raw?.length ?? 0);
}

/** How serious an entry calls itself, else its syslog priority: systemd gives each line of a service priority 6. */
export function severityOf({message, priority}: JournalEntry): Severity {
  return levelOf(message) ?? (priority <= 2 ? 'fatal' : priority === 3 ? 'error' : priority === 4 ? 'warning' : 'info');
}

/**
 * Whether two entries say the same at different times: the text behind klog's severity, date and time is equal, of the
 * same process name and severity. Another pod, container or uid is another text.
 */
export function repeats(one: JournalEntry, other: JournalEntry): boolean {
  const [a, b] = [one.message, other.message];
  if (one.unit !== other.unit || one.identifier !== other.identifier || one.priority !== other.priority) return false;
  if (a === b) return true;
  // Most lines that are not alike end in different ways; where their times end takes longer to find.
  if (a.at(-1) !== b.at(-1)) return false;
  if (timePrefix(a) !== timePrefix(b)) return false;
  const [from, fromOther] = [textStart(a), textStart(b)];
  return from > 0 && a.length - from === b.length - fromOther && a.slice(from) === b.slice(fromOther);
}

/** Where the part that tells the time ends: klog's columns, or the `ts` that JSON logging writes first. */
function textStart(message: string): number {
  const start = klogStart(message);
  if (start >= 0) return message.indexOf(' ', start) + ' hh:mm:ss.uuuuuu'.length;
  return message.startsWith('{"ts":') ? message.indexOf(',') : 0;
}

/** What stands before the time: klog's letter, behind the component where one is named. */
const timePrefix = (message: string): string => message.slice(0, Math.max(0, klogStart(message)) + 1);

/** One line of an exported file: the message whole, a rule as a comment. */
export function exportText(line: JournalLine): string {
  return isRule(line) ? `# ${new Date(line.at).toISOString()} ${line.text}` : line.message;
}
