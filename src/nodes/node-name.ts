import {NodeError} from './node-error.ts';

/** Whether it can be a node's name. Kubernetes takes DNS-1123 subdomains, container engines also `_` and upper case. */
export function isNodeName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,252}$/.test(name);
}

/**
 * Checks a name from the command line; nothing else can be a node. No name meets a shell unquoted anyway: this is the
 * first of two locks, and the better message.
 */
export function checkNodeName(name: string): string {
  if (isNodeName(name)) return name;
  throw new NodeError('bad-option', {
    tried: `--node ${JSON.stringify(name)}`,
    problem: 'a node name has letters, digits, ".", "-" and "_" only, and begins with a letter or a digit',
    next: 'ktop nodes',
  });
}
