// What ktop costs while nothing happens but the clock, beside programs that lie open in the same way.
import {whyNoEngine} from '../node/engine.ts';
import {idlePod, startNode, stopNode} from '../node/start-node.ts';
import {hiddenKtopOn, ktop, ktopOn, measure, printCosts, printRatio, say, usualPeers} from './peers/watched.ts';

const why = whyNoEngine();
if (why !== null) say(`a real node: skipped, ${why}`);
const node = why === null ? await startNode({pods: [idlePod]}) : undefined;
try {
  const peers = [...(await usualPeers()), ktop('ktop --demo', ['--demo'])];
  if (node !== undefined) peers.push(ktopOn('ktop, real node', node), hiddenKtopOn('ktop, hidden in tmux', node));
  const costs = await measure(peers);
  printCosts(costs);
  const name = node === undefined ? 'ktop --demo' : 'ktop, real node';
  printRatio(costs, [name, 'btop'], 'percent', 2);
  printRatio(costs, [name, 'bare Ink'], 'percent', 2.5);
  printRatio(costs, [name, 'bare Ink'], 'residentMb', 1.15);
  if (node !== undefined) printRatio(costs, ['ktop, hidden in tmux', 'btop'], 'percent', 1);
  say('bar of what is written to the terminal: 1500 B/s');
} finally {
  await stopNode(node);
}
