import {describeFailure} from '../model/failure.ts';
import {listNodes} from '../nodes/list-nodes.ts';
import type {ListOptions} from '../nodes/options.ts';
import {textTable} from './text-table.ts';

/** What `ktop nodes` prints. */
export interface NodesText {
  readonly stdout: string;
  /** Who could not be asked. */
  readonly stderr: string;
  readonly exitCode: number;
}

/** Lists every node that ktop can see, as a table or as JSON. */
export async function nodesText(options: ListOptions, json: boolean): Promise<NodesText> {
  const {nodes, problems} = await listNodes(options);
  const stderr = problems.map((problem) => `ktop: ${describeFailure(problem)}\n`).join('');
  const exitCode = nodes.length === 0 && problems.length > 0 ? 1 : 0;
  if (json) return {stdout: `${JSON.stringify(nodes, null, 2)}\n`, stderr, exitCode};
  if (nodes.length === 0) {
    const hint = 'no nodes here: kind create cluster, minikube start, or ktop --ssh USER@HOST …\n';
    return {stdout: '', stderr: stderr + hint, exitCode};
  }
  const head = ['NODE', 'PROVIDER', 'ROLE', 'KUBELET', 'STATE', 'REACHED BY'];
  const rows = nodes.map((node) => [
    node.name,
    node.provider,
    node.role ?? '-',
    node.kubeletVersion ?? '-',
    node.state,
    node.reach,
  ]);
  return {stdout: textTable([head, ...rows]), stderr, exitCode};
}
