import {basename} from 'node:path';

/** The file that kubectl starts for `kubectl kubelet-top`: it writes a dash within a command's name as an underscore. */
const pluginFile = 'kubectl-kubelet_top';

/** Whether we were started under the plugin's name: `argv[1]` of a script, `argv0` of the single file. */
export function isKubectlPlugin({argv, argv0}: Pick<NodeJS.Process, 'argv' | 'argv0'>): boolean {
  return [argv[1], argv0].some((name) => name !== undefined && basename(name) === pluginFile);
}

/**
 * The arguments of a plugin as ktop's own. Whoever types `kubectl` means the namespace by `-n`, and all of them by `-A`,
 * which they are without being asked; `--context`, `--kubeconfig` and `-l` mean the same to both.
 */
export function fromKubectl(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  const translated = options.flatMap((arg) => {
    if (arg === '-A' || arg === '--all-namespaces') return [];
    const [, joined] = /^-n=?(.*)$/s.exec(arg) ?? [];
    if (joined === undefined) return [arg];
    return joined === '' ? ['--namespace'] : [`--namespace=${joined}`];
  });
  return [...translated, ...args.slice(options.length)];
}
