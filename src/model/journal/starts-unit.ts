import type {JournalEntry} from '../event.ts';

/** systemd's own word that a unit's process was started: `Started kubelet.service - …`, older `Started kubelet: …`. */
export function startsUnit(entry: JournalEntry, unit: string): boolean {
  return (
    entry.identifier === 'systemd' &&
    entry.message.startsWith('Started ') &&
    (entry.unit === unit || entry.unit === `${unit}.service`)
  );
}
