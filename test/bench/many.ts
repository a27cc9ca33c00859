// A node of 110 pods, each with a tick in the journal now and then, beside btop.
import {whyNoEngine} from '../node/engine.ts';
import {startNode, stopNode} from '../node/start-node.ts';
import {ktopOn, measure, printCosts, printRatio, say, usualPeers} from './peers/watched.ts';

const pods = Array.from({length: 110}, (_, number) => ({
  metadata: {namespace: `team-${number % 7}`, name: `service-${number}`},
  spec: {containers: [{name: 'app', command: ['sleep', 'infinity']}]},
}));

const why = whyNoEngine();
if (why !== null) say(`skipped: ${why}`);
else {
  const node = await startNode({pods, kubeletFlags: ['--v=4']});
  try {
    const costs = await measure([...(await usualPeers()), ktopOn('ktop, 110 pods', node, ['--pod', '*'])]);
    printCosts(costs);
    printRatio(costs, ['ktop, 110 pods', 'btop'], 'percent', 4);
  } finally {
    await stopNode(node);
  }
}
