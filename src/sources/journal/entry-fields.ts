import type {NodeShell} from '../../nodes/node.ts';
import {parseJson} from '../../util/json.ts';

/** In every entry, and shown already or of no use to a person. */
const known = new Set(['MESSAGE', '__CURSOR', '__REALTIME_TIMESTAMP', 'PRIORITY', 'SYSLOG_IDENTIFIER', '_PID']);

/**
 * All fields of one entry, by name; the follower asks only for those that every line needs. Empty where the node no
 * longer has the entry or does not answer: this is an extra, not worth an error.
 */
export async function readEntryFields(
  shell: NodeShell,
  cursor: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const argv = ['journalctl', '--merge', '--quiet', '--no-pager', '--all', '--output=json', '--lines=1'];
  try {
    const {stdout} = await shell.run([...argv, `--cursor=${cursor}`], {signal, timeoutMs: 5000});
    const parsed = parseJson(stdout);
    const fields = new Map<string, unknown>(
      typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [],
    );
    if (fields.get('__CURSOR') !== cursor) return new Map();
    return new Map([...fields].filter(([name]) => !known.has(name)).map(([name, value]) => [name, asText(value)]));
  } catch {
    return new Map();
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
