import type {CommandName} from '../model/event.ts';
import {clear} from './clear.ts';
import type {Command} from './command.ts';
import {restart} from './restart.ts';

/** Those that a user must first say something to (which flag, what file) have keys and options of their own. */
export type TableName = Exclude<CommandName, 'flags' | 'verbosity' | 'deploy' | 'rollback'>;

/** A command for each of the names, under its own name. */
export type CommandTable<Names extends string = TableName> = {readonly [Name in Names]: Command<Name>};

/**
 * All commands that change a node: the one table from which keys, the command line, questions and dispatch follow. A new
 * name in `CommandName` does not compile until it stands here with its question and what it runs.
 */
export const commands: CommandTable = {restart, clear};

/** The same in the order in which they are told. */
export const allCommands: readonly Command<TableName>[] = Object.values(commands);
