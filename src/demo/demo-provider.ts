import type {NodeChoice} from '../nodes/node-error.ts';
import type {Answer, Listing, Provider} from '../nodes/providers/provider.ts';

/** The simulated node, which is there only when it is asked for. */
export const demo: Provider = {
  name: 'demo',
  needsName: false,
  isLastResort: false,
  find: ({isChosen, name}): Promise<Answer> => Promise.resolve(isChosen ? {findings: [simulation(name)]} : {}),
  list: (): Promise<Listing> => Promise.resolve({nodes: []}),
};

/** Several can be told apart by the names that they are given. */
const simulation = (name: string): NodeChoice => ({
  title: 'a simulated node',
  command: 'ktop --demo …',
  open: async () => (await import('./demo-node.ts')).startDemoNode(name === '' ? {} : {name}),
});
