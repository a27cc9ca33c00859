import {noConnection} from '../nodes/options.ts';
import type {NodeList} from '../nodes/list-nodes.ts';
import {printText} from '../terminal/print.ts';
import {buildProgram, version, type Request} from './arguments.ts';

type SelfRequest = Extract<Request, {readonly kind: 'config' | 'completion' | 'complete' | 'man'}>;

/** Tells of ktop itself: what holds, how a shell completes it, its man page. Resolves with the exit code. */
export async function tellOfItself(request: SelfRequest): Promise<number> {
  switch (request.kind) {
    case 'config':
      return tellSettings(request);
    case 'completion':
      printText((await import('./completion-scripts.ts')).completionScripts[request.shell]);
      return 0;
    case 'complete':
      return completeWords(request.words);
    case 'man': {
      const [{manPage}, {bindings}] = await Promise.all([import('./man-page.ts'), import('../tui/keymap.ts')]);
      printText(manPage(bareProgram(), bindings, version));
      return 0;
    }
  }
}

const bareProgram = () => buildProgram(() => undefined, {});

async function tellSettings({lines, keys, mistakes}: Extract<Request, {readonly kind: 'config'}>): Promise<number> {
  const [{Keymap}, {printConfig}] = await Promise.all([import('../tui/keymap.ts'), import('./run-config.ts')]);
  const {keymap, problems} = Keymap.of(keys);
  const whereOf = (name: string) => keys.find(({binding}) => binding === name)?.where ?? null;
  const shown = keymap.bindings
    .filter(({fixed}) => fixed !== true)
    .map((binding) => ({name: binding.name, keys: binding.keys, what: binding.what, where: whereOf(binding.name)}));
  return printConfig(lines, shown, [...mistakes, ...problems]);
}

async function completeWords(words: readonly string[]): Promise<number> {
  const {complete, connectionIn} = await import('./run-complete.ts');
  const connection = connectionIn(words, process.env);
  return complete(bareProgram(), words, {
    nodes: async (signal, found) => {
      const {watchNodes} = await import('../nodes/watch-nodes.ts');
      const {context, kubeconfig} = connection;
      const told = ({nodes}: NodeList): void => found(nodes.map(({name}) => name));
      await watchNodes({context: context ?? null, kubeconfig: kubeconfig ?? null}, null, told, signal);
    },
    pods: async (signal, found) => {
      const {podNames} = await import('../session/pod-names.ts');
      found(await podNames({...noConnection, ...connection}, signal));
    },
  });
}
