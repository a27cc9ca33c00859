import type {JournalEntry} from '../event.ts';

export const severities = ['info', 'warning', 'error', 'fatal'] as const;
export type Severity = (typeof severities)[number];

export type RuleKind = 'start' | 'gap' | 'suppressed' | 'clear' | 'tick';

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

const klogSeverities: Readonly<Record<string, Severity>> = {I: 'info', W: 'warning', E: 'error', F: 'fatal'};

/**
 * How serious an entry is: what klog says at the start of the line (`Lmmdd`), in JSON logging an error has a field
 * `err`, and for anything else the syslog priority. systemd gives each line of a service priority 6.
 */
export function severityOf({message, priority}: JournalEntry): Severity {
  const second = message.charCodeAt(1);
  if (second >= 0x30 && second <= 0x39) {
    const klog = klogSeverities[message.charAt(0)];
    if (klog !== undefined && message.charAt(5) === ' ') return klog;
  }
  if (message.startsWith('{"') && message.includes('"err":')) return 'error';
  return priority <= 2 ? 'fatal' : priority === 3 ? 'error' : priority === 4 ? 'warning' : 'info';
}

/**
 * Whether two entries say the same at different times: the text behind klog's severity, date and time is equal, of the
 * same process name and severity. Another pod, container or uid is another text.
 */
export function repeats(one: JournalEntry, other: JournalEntry): boolean {
  const [a, b] = [one.message, other.message];
  if (one.unit !== other.unit || one.identifier !== other.identifier || one.priority !== other.priority) return false;
  if (a.charCodeAt(0) !== b.charCodeAt(0)) return false;
  if (a === b) return true;
  const [from, fromOther] = [textStart(a), textStart(b)];
  return from > 0 && a.length - from === b.length - fromOther && a.slice(from) === b.slice(fromOther);
}

const klogTimeEnd = 21;

/** Where the part that tells the time ends: klog's fixed columns, or the `ts` that JSON logging writes first. */
function textStart(message: string): number {
  if (message.charAt(8) === ':' && message.charAt(14) === '.') return klogTimeEnd;
  return message.startsWith('{"ts":') ? message.indexOf(',') : 0;
}

/** One line of an exported file: the message whole, a rule as a comment. */
export function exportText(line: JournalLine): string {
  return isRule(line) ? `# ${new Date(line.at).toISOString()} ${line.text}` : line.message;
}
