import type {Answer, Listing, Provider} from '../nodes/providers/provider.ts';

/** The simulated node, which is there only when it is asked for. */
export const demo: Provider = {
  name: 'demo',
  needsName: false,
  isLastResort: false,
  find: ({isChosen}): Promise<Answer> => Promise.resolve(isChosen ? {findings: [simulation]} : {}),
  list: (): Promise<Listing> => Promise.resolve({nodes: []}),
};

const simulation = {
  title: 'a simulated node',
  command: 'ktop --demo …',
  open: async () => (await import('./demo-node.ts')).startDemoNode(),
};
