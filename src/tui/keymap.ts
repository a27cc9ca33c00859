import {allCommands} from '../commands/commands.ts';
import type {Actions, Binding} from './keys/binding.ts';
import {cpuBindings, pickPods} from './keys/cpu.ts';
import {flagsBindings} from './keys/flags.ts';
import {deployBindings} from './keys/deploy.ts';
import {housekeepingBindings} from './keys/housekeeping.ts';
import {journalBindings} from './keys/journal.ts';
import {nodesBindings} from './keys/nodes.ts';
import {playerBindings} from './keys/player.ts';
import {HelpView} from '../model/screen/help.ts';
import {keyNamed, type KeyWish} from '../model/screen/key.ts';
import type {Pane} from '../model/screen/layout.ts';
import {similarTo} from '../util/similar.ts';

/** All keys: the one table that the screen acts by, and from which help, palette, man page and README are made. */
export const bindings: readonly Binding[] = [
  ...allCommands.map((command): Binding => ({
    name: command.name,
    keys: [command.key],
    pane: 'all',
    what: command.what,
    changes: true,
    run: (actions) => actions.ask(command),
    disabled: (actions) => actions.readOnly,
  })),
  ...flagsBindings,
  ...deployBindings,
  {
    name: 'pods',
    keys: ['p'],
    pane: 'all',
    what: 'choose the pods to watch',
    run: (actions) => actions.open(pickPods(actions.models.cpu)),
  },
  {name: 'next-pane', keys: ['tab'], pane: 'all', what: 'next pane', run: (actions) => actions.focusNext(1)},
  {
    name: 'previous-pane',
    keys: ['shift+tab'],
    pane: 'all',
    what: 'previous pane',
    run: (actions) => actions.focusNext(-1),
  },
  {name: 'zoom', keys: ['z'], pane: 'all', what: 'zoom the pane, and back', run: (actions) => actions.zoom()},
  {
    name: 'help',
    keys: ['?', 'h'],
    pane: 'all',
    what: 'this help',
    run: (actions) => actions.open({kind: 'help', view: new HelpView()}),
  },
  {
    name: 'profile',
    live: true,
    keys: ['P'],
    pane: 'all',
    what: 'CPU profile of the kubelet, 30 s, into a file',
    run: (actions) => actions.profile(),
  },
  {
    name: 'pipeline',
    keys: ['A'],
    pane: 'all',
    what: "the chosen pod's CPU on its way to the autoscaler",
    run: (actions) => actions.openPipeline(),
  },
  {
    name: 'record',
    live: true,
    keys: ['R'],
    pane: 'all',
    what: 'record what the node says, or end it',
    run: (actions) => actions.record(),
  },
  {
    name: 'suspend',
    fixed: true,
    keys: ['ctrl+z'],
    pane: 'all',
    what: 'suspend (fg brings it back)',
    run: (actions) => actions.suspend(),
  },
  {
    name: 'quit',
    keys: ['q'],
    pane: 'all',
    what: 'back one level (a line, a zoomed pane); else quit',
    run: (actions) => actions.leave(),
  },
  {
    name: 'back',
    keys: ['escape'],
    pane: 'all',
    what: 'back one level; ends a search; never quits',
    run: (actions) => actions.back(),
  },
  {
    name: 'palette',
    keys: [':', 'ctrl+p'],
    pane: 'all',
    what: 'all that keys do, found by typing',
    run: (actions) => actions.openPalette(),
  },
  {
    name: 'mouse',
    keys: ['M'],
    pane: 'all',
    what: 'the mouse scrolls, focuses and picks out pods, or selects text again',
    run: (actions) => actions.toggleMouse(),
  },
  {
    name: 'node',
    live: true,
    keys: ['N'],
    pane: 'all',
    what: 'watch another node (a list)',
    run: (actions) => actions.openNodes(),
  },
  {name: 'quit-at-once', fixed: true, keys: ['ctrl+c'], pane: 'all', what: 'quit', run: (actions) => actions.quit()},
  ...nodesBindings,
  ...journalBindings,
  ...cpuBindings,
  ...housekeepingBindings,
  ...playerBindings,
];

/** The keys as the user has them: the table, with the keys of the config file in place of its own. */
export class Keymap {
  readonly bindings: readonly Binding[];

  private constructor(all: readonly Binding[]) {
    this.bindings = all;
  }

  /** The keys that there are: where ktop may only read, none that changes something. */
  get looking(): Keymap {
    return new Keymap(this.bindings.filter((binding) => binding.changes !== true));
  }

  /** The keys that there are on the screen of one node. */
  get ofOneNode(): Keymap {
    return new Keymap(this.bindings.filter((binding) => binding.several !== true));
  }

  /** The keys that act on a node, whose time is now. */
  get watching(): Keymap {
    return new Keymap(this.bindings.filter((binding) => binding.replay !== true));
  }

  /** The keys of a recording that is played back, before which all others give way; none that needs a node. */
  get replaying(): Keymap {
    const all = this.ofOneNode.bindings.filter(({live, changes}) => live !== true && changes !== true);
    const own = all.filter(({replay}) => replay === true);
    const taken = new Set(own.flatMap(({keys}) => keys));
    return new Keymap([...own, ...all.filter(({replay}) => replay !== true).flatMap((one) => withoutKeys(one, taken))]);
  }

  /** The table as it is. */
  static readonly standard = new Keymap(bindings);

  /**
   * The table with other keys. What cannot be is left as it was and told, a sentence each with where it was wished: a
   * binding or a key that does not exist, and a key that would mean two things at once.
   */
  static of(wishes: readonly KeyWish[]): {readonly keymap: Keymap; readonly problems: readonly string[]} {
    if (wishes.length === 0) return {keymap: Keymap.standard, problems: []};
    const problems: string[] = [];
    const wished = new Map<string, {readonly keys: readonly string[]; readonly where: string}>();
    for (const wish of wishes) {
      const read = readWish(wish);
      if (typeof read === 'string') problems.push(`${wish.where}: ${read}`);
      else wished.set(wish.binding, {keys: read, where: wish.where});
    }
    const all = bindings.map((binding) => ({...binding, keys: wished.get(binding.name)?.keys ?? binding.keys}));
    for (const [name, {where}] of wished) {
      const own = all.find((binding) => binding.name === name);
      const clash = own === undefined ? undefined : clashOf(own, all, [...wished.keys()]);
      if (own === undefined || clash === undefined) continue;
      const there = wished.get(clash.other.name)?.where.replace(/^.*:/, 'line ') ?? null;
      const also = there === null ? '' : ` (${there})`;
      problems.push(`${where}: '${clash.key}' is the key of '${clash.other.name}' already${also}: ${clash.other.what}`);
    }
    return {keymap: new Keymap(problems.length === 0 ? all : bindings), problems};
  }

  /** The binding that a key means in a pane; the pane's own wins over the one that works everywhere. */
  bindingFor(key: string, pane: Pane, actions: Actions | null = null): Binding | undefined {
    const fits = this.bindings.filter(
      (binding) => binding.keys.includes(key) && (actions === null || binding.applies?.(actions) !== false),
    );
    return (
      fits.find((binding) => binding.replay === true) ??
      fits.find((binding) => binding.pane === pane) ??
      fits.find((binding) => binding.pane === 'all')
    );
  }

  /** The binding that a key means in all panes that have none of their own for it. */
  bindingOfAll(key: string): Binding | undefined {
    return this.bindings.find(({keys, pane}) => pane === 'all' && keys.includes(key));
  }

  /** Whether a key is one that is held down: several of it in one read are several presses, and no pasted text. */
  isHeld(key: string): boolean {
    return this.bindings.some((binding) => binding.held === true && binding.keys.includes(key));
  }

  /** The first key of a binding, as it is told; null where the user has taken it away. */
  keyOf(name: string): string | null {
    return this.bindings.find((binding) => binding.name === name)?.keys[0] ?? null;
  }
}

/** A binding without keys that mean something else; none where it had only such, since no key does it any more. */
function withoutKeys(binding: Binding, taken: ReadonlySet<string>): readonly Binding[] {
  const keys = binding.keys.filter((key) => !taken.has(key));
  if (keys.length === binding.keys.length) return [binding];
  return keys.length === 0 ? [] : [{...binding, keys}];
}

/** What a wish means, or why it cannot be. */
function readWish({binding, keys}: KeyWish): readonly string[] | string {
  const own = bindings.find(({name}) => name === binding);
  if (own === undefined) {
    const meant = similarTo(
      binding,
      bindings.map(({name}) => name),
    );
    const hint = meant === null ? 'ktop config --print lists what keys do' : `did you mean '${meant}'?`;
    return `no key does '${binding}', ${hint}`;
  }
  if (own.fixed === true) return `'${binding}' keeps its key ${own.keys.join(' ')}: it must always work`;
  const named = keys.map(keyNamed);
  const unknown = named.indexOf(null);
  if (unknown >= 0) {
    return `'${keys[unknown] ?? ''}' is no key that a terminal sends, such as R, f, ctrl+r, pageup, shift+tab, space`;
  }
  return named.filter((name) => name !== null);
}

/** Another binding that has one of the keys where this one works; the table's own doubles are meant. */
function clashOf(
  own: Binding,
  all: readonly Binding[],
  wished: readonly string[],
): {readonly key: string; readonly other: Binding} | undefined {
  const meant = bindings.find(({name}) => name === own.name)?.keys ?? [];
  for (const key of own.keys) {
    for (const other of all) {
      // In a recording its own keys come first, and without one there are none of them.
      if (other.replay !== own.replay) continue;
      const meets = other.pane === own.pane || other.pane === 'all' || own.pane === 'all';
      const asBefore = meant.includes(key) && !wished.includes(other.name);
      if (other.name !== own.name && meets && other.keys.includes(key) && !asBefore) return {key, other};
    }
  }
  return undefined;
}
