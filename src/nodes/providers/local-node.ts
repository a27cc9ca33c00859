import {access} from 'node:fs/promises';
import {hostname} from 'node:os';
import {adminContext} from '../kube/admin-conf.ts';
import type {Node} from '../node.ts';
import type {NodeOptions} from '../options.ts';
import type {Launcher} from '../exec/launcher.ts';
import {shellNode} from './shell-node.ts';
import {lastLine} from '../../util/last-line.ts';

/** The name that a kubelet on this machine registers under by default. */
export const localName = (): string => hostname().toLowerCase();

/** Whether a kubelet lives on this machine. */
export async function hasLocalKubelet(): Promise<boolean> {
  return access('/var/lib/kubelet').then(
    () => true,
    () => false,
  );
}

/** The node on which ktop itself runs. */
export function localNode(name: string, options: NodeOptions): Node {
  const root = process.getuid?.() === 0;
  const launcher: Launcher = {
    env: options.env ?? process.env,
    title: root ? 'here' : 'sudo',
    inOurSession: !root,
    // `env` runs what it is given and, unlike a shell's own words, is a program.
    command: (argv) => Promise.resolve(root ? ['env', ...argv] : ['sudo', '-n', '--', ...argv]),
    explain: (tried, stderr) => {
      const output = lastLine(stderr);
      const password = /a (password|terminal) is required/.test(output);
      return password
        ? {tried, problem: 'sudo wants a password', next: `sudo ktop --via local --node ${name} …`}
        : {tried, problem: output === '' ? 'the command was cut off' : output, next: null};
    },
  };
  return shellNode({
    name,
    provider: 'local',
    transport: root ? 'on the node itself' : 'sudo',
    commandPrefix: root ? '' : 'sudo',
    launcher,
    route: {
      options,
      addresses: () => Promise.resolve(['127.0.0.1']),
      contexts: [],
      admin: async () => {
        const context = await adminContext(launcher, (port) => ({host: '127.0.0.1', port}));
        return context === null ? [] : [context];
      },
    },
  });
}
