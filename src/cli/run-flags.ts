import {flagsAction, resetAction} from '../commands/flags/change-flags.ts';
import {readFlags, type FlagsReport} from '../commands/flags/read-flags.ts';
import type {Action} from '../commands/command.ts';
import {filteredRows, tableLines} from '../model/flags/flag-table.ts';
import type {Session} from '../session/session.ts';
import {columnsOf, complain, printJson, printText} from '../terminal/print.ts';
import type {FlagsRequest} from './arguments.ts';

/** The action that changes the flags of the node that was reached; rejects with a `FailureError` where that cannot be. */
export async function changeOfFlags(change: FlagsRequest, session: Session): Promise<Action> {
  const {timeoutMs} = change;
  return change.kind === 'reset'
    ? resetAction(timeoutMs)
    : flagsAction(change, await readFlags(session.looking), timeoutMs);
}

/** Prints the flags and where each is from. Resolves with the exit code; rejects with a `FailureError`. */
export async function printFlags(
  session: Session,
  {filter, json}: {readonly filter: string; readonly json: boolean},
): Promise<number> {
  const {name} = session.looking;
  const report = await readFlags(session.looking);
  const rows = filteredRows(report.rows, filter);
  if (json) {
    printJson(`${JSON.stringify(reportFields(name, {...report, rows}), null, 2)}\n`);
    return 0;
  }
  for (const note of report.notes) complain(note);
  printText(`${tableLines(rows, Math.max(40, columnsOf('stdout') ?? 100)).join('\n')}\n`);
  return 0;
}

/** The names of the output are its own: scripts read them. */
function reportFields(
  node: string,
  {unit, pid, rows, own, dropIn, notes, fixed}: FlagsReport,
): Record<string, unknown> {
  const flags = rows.map(({kind, name, value, path, variable, state}) => ({
    kind,
    name,
    value,
    from: path,
    variable,
    state,
  }));
  return {node, unit, pid, flags, own: own.map(({name}) => name), dropIn, mayBeSet: fixed === null, notes};
}
