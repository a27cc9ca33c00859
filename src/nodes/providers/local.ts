import {hasLocalKubelet, localName, localNode} from './local-node.ts';
import type {Answer, Listing, Provider, Search} from './provider.ts';

/** The machine on which ktop runs. */
export const local: Provider = {name: 'local', needsName: false, isLastResort: false, find, list};

async function find({name, options, isChosen}: Search): Promise<Answer> {
  if (!isChosen && (name !== localName() || !(await hasLocalKubelet()))) return {};
  const own = name === '' ? localName() : name;
  const command = `ktop --via local --node ${own} …`;
  return {findings: [{title: 'this machine', command, open: () => localNode(own, options)}]};
}

async function list(): Promise<Listing> {
  if (!(await hasLocalKubelet())) return {nodes: []};
  const [name, reach] = [localName(), 'on the node itself'];
  return {nodes: [{name, provider: 'local', role: null, kubeletVersion: null, state: 'here', reach}]};
}
