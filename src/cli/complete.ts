import type {Command, Option} from 'commander';

/** What a word on the command line could be, with what is told of it. */
export interface Candidate {
  readonly word: string;
  readonly what: string;
}

/** What the word under the cursor is: one of these, a file, or the name of something that only a cluster knows. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly files: boolean;
  readonly live: 'nodes' | 'pods' | null;
  /** What stands before the value in the same word (`--node=`). */
  readonly prefix: string;
}

/**
 * What can stand in place of the last of these words (all of them behind `ktop`), from the same table as the command line
 * itself.
 */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = program.commands.find((one) => one.name() === before[0]) ?? program;
  const joined = /^(--[a-z-]+=)(.*)$/s.exec(typed);
  const option = optionNamed(command, joined?.[1]?.slice(0, -1) ?? before.at(-1) ?? '');
  if (option !== undefined && takesValue(option)) return valueOf(option, joined?.[2] ?? typed, joined?.[1] ?? '');
  const rest = before.slice(command === program ? 0 : 1).filter((word) => !word.startsWith('-'));
  if (typed.startsWith('-')) return wordsOf(optionsOf(command), typed);
  if (before.length === 0 || before[0] === 'help') return wordsOf(before.length > 1 ? [] : commandsOf(program), typed);
  const [argument] = command.registeredArguments;
  if (argument === undefined || rest.length > 0) return wordsOf(optionsOf(command), typed);
  if (argument.argChoices === undefined) return {...nothing, files: true};
  return wordsOf(
    argument.argChoices.map((word) => ({word, what: ''})),
    typed,
  );
}

const nothing: Completion = {candidates: [], files: false, live: null, prefix: ''};

const wordsOf = (all: readonly Candidate[], typed: string): Completion => ({
  ...nothing,
  candidates: all.filter(({word}) => word.startsWith(typed)),
});

function optionNamed(command: Command, word: string): Option | undefined {
  return command.options.find((option) => option.long === word || option.short === word);
}

const takesValue = (option: Option): boolean => option.required || option.optional;

function valueOf(option: Option, typed: string, prefix: string): Completion {
  if (option.argChoices !== undefined) {
    const choices = option.argChoices.map((word) => ({word, what: ''}));
    return {...wordsOf(choices, typed), prefix};
  }
  switch (option.long) {
    case '--node':
      return {...nothing, live: 'nodes', prefix};
    case '--pod': {
      const system = ['@node', '@pods', '@kubelet'].map((word) => ({word, what: 'of the node'}));
      return {...wordsOf(system, typed), live: 'pods', prefix};
    }
    default:
      return {...nothing, files: /<(?:file|dir)>/.test(option.flags), prefix};
  }
}

function optionsOf(command: Command): readonly Candidate[] {
  const own = command.options.map(({long, short, description}) => ({word: long ?? short ?? '', what: description}));
  return [...own, {word: '--help', what: 'tell what there is'}];
}

function commandsOf(program: Command): readonly Candidate[] {
  const own = program.commands.map((one) => ({word: one.name(), what: one.description()}));
  return [...own, {word: 'help', what: 'tell what a command does and takes'}];
}
