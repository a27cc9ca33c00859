import {expect, test} from 'vitest';
import {allCommands, commands, type CommandTable} from '../../src/commands/commands.ts';
import type {CommandName} from '../../src/model/event.ts';

test('a command without a question and without what it runs does not compile', () => {
  // @ts-expect-error -- a name more than the table has: each must stand in it
  const lacking: CommandTable<CommandName | 'drain'> = commands;
  // @ts-expect-error -- a name in the table is not enough
  const empty: CommandTable<CommandName | 'drain'> = {...commands, drain: {name: 'drain', key: 'd'}};
  // @ts-expect-error -- nor may it be another command's
  const swapped: CommandTable = {restart: commands.restart, clear: commands.restart};
  expect([lacking, empty, swapped]).toHaveLength(3);
});

test('each command has its own key, and asks about the node with what it will run there', () => {
  expect(new Set(allCommands.map(({key}) => key)).size).toBe(allCommands.length);
  const node = {name: 'kind-worker', commandPrefix: 'docker exec kind-worker'};
  expect(commands.restart.question(node, 'k3s')).toMatchObject({
    text: 'Restart the kubelet on kind-worker?',
    commands: ['docker exec kind-worker systemctl restart k3s'],
  });
  expect(commands.clear.question(node, 'k3s').warning).toContain('ALL units');
});
