import {parseSshTarget, sshNode} from './ssh-node.ts';
import type {Answer, Listing, Provider, Search} from './provider.ts';

/** Any host that the user can log in to; nobody knows them all, so it must be chosen. */
export const ssh: Provider = {
  name: 'ssh',
  needsName: true,
  isLastResort: false,
  find,
  list: (): Promise<Listing> => Promise.resolve({nodes: []}),
};

function find({name, options, isChosen}: Search): Promise<Answer> {
  if (!isChosen) return Promise.resolve({});
  const to = options.ssh ?? name;
  const target = parseSshTarget(to);
  const command = `ktop --ssh ${to} …`;
  const open = (signal: AbortSignal) => sshNode({target, name, options, signal});
  return Promise.resolve({findings: [{title: `the host ${to}`, command, open}]});
}
