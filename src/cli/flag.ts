import {InvalidArgumentError, Option, type Command} from 'commander';

/** How a value stands in the config file. */
type Kind = 'switch' | 'text' | 'number' | 'list';

/** Where a value came from; what stands further left wins over what stands right of it. */
const sources = ['cli', 'env', 'config', 'default'] as const;

/** A value that cannot be used, of an option of the command line, the environment or the config file. */
export class UnusableValue extends Error {
  readonly flag: Flag<unknown>;
  readonly source: (typeof sources)[number];

  constructor(flag: Flag<unknown>, source: (typeof sources)[number], problem: string) {
    super(problem);
    this.name = 'UnusableValue';
    this.flag = flag;
    this.source = source;
  }
}

/**
 * One option of the command line: how commander knows it, and what its value is once it was read. Values are read when
 * the command is run, wherever they came from, by the same parser; so nobody behind the command line checks them again.
 */
export class Flag<T> {
  readonly option: Option;
  readonly #kind: Kind;
  readonly #parse: (given: readonly string[]) => T;

  constructor(option: Option, kind: Kind, parse: (given: readonly string[]) => T) {
    this.option = option;
    this.#kind = kind;
    this.#parse = parse;
  }

  /** A value of text, or null where it was not given; `parse` throws an `InvalidArgumentError` at what it cannot read. */
  static of<V>(flags: string, description: string, parse: (text: string) => V, kind: Kind = 'text'): Flag<V | null> {
    return new Flag(new Option(flags, description), kind, ([text]) => (text === undefined ? null : parse(text)));
  }

  /** Any text. */
  static text(flags: string, description: string): Flag<string | null> {
    return Flag.of(flags, description, (text) => text);
  }

  /** One of a few words; `former` are words of earlier versions, with what they are now. */
  static choice<V extends string>(
    flags: string,
    description: string,
    choices: readonly V[],
    former: Readonly<Record<string, V>> = {},
  ): Flag<V | null> {
    const flag = Flag.of(flags, description, (text) => {
      const choice = choices.find((one) => one === text) ?? new Map(Object.entries(former)).get(text);
      if (choice === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
      return choice;
    });
    // Not commander's own check: that would know nothing of the former words.
    flag.option.argChoices = [...choices];
    return flag;
  }

  /** A whole number in bounds. */
  static number(flags: string, description: string, [least, most]: readonly [number, number]): Flag<number | null> {
    const parse = (text: string): number => {
      const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (number >= least && number <= most) return number;
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is wanted`);
    };
    return Flag.of(flags, description, parse, 'number');
  }

  /** An option that may be given several times; all that was given is read together. */
  static list<V>(flags: string, description: string, parse: (texts: readonly string[]) => V): Flag<V> {
    const flag = new Flag(new Option(flags, description), 'list', parse);
    flag.option.argParser((text: string, before: unknown) => [...texts(before), text]);
    return flag;
  }

  /** Yes or no; where the name begins with `no-` it is yes unless the option is given. */
  static switch(flags: string, description: string): Flag<boolean> {
    const option = new Option(flags, description);
    return new Flag(option, 'switch', ([given]) => (given === undefined ? option.negate : given === 'true'));
  }

  /** Takes the value from the environment, too. */
  env(name: string): this {
    this.option.env(name);
    return this;
  }

  /** Takes one value only: of two nodes that are named, the one that is meant is not guessed. */
  once(): this {
    this.option.argParser((text: string, before: unknown) => {
      if (typeof before !== 'string' || before === text) return text;
      throw new InvalidArgumentError(`It was given before, as '${before}'.`);
    });
    return this;
  }

  /** What holds where nothing is given, as the help tells it. */
  shows(value: string): this {
    this.option.default(value);
    return this;
  }

  /** The name in the config file: the long flag without its dashes. */
  get key(): string {
    return this.option.long?.slice(2) ?? '';
  }

  /** What holds where it is given nowhere, as the help tells it; null where nothing does. */
  get standard(): string | null {
    if (this.#kind === 'switch') return String(this.option.negate);
    if (typeof this.option.defaultValue === 'string') return this.option.defaultValue;
    return /\(default: ([^)]+)\)/.exec(this.option.description)?.[1] ?? null;
  }

  /** Whether it is a number, which stands bare in a config file. */
  get isNumber(): boolean {
    return this.#kind === 'number';
  }

  /** Where the value of a command came from; null where it was given nowhere. */
  sourceIn(command: Command): (typeof sources)[number] | null {
    const source = command.getOptionValueSource(this.option.attributeName());
    const known = sources.find((one) => one === source) ?? null;
    // A variable that is set to nothing is not set.
    const isEmpty = texts(command.getOptionValue(this.option.attributeName())).every((text) => text === '');
    return known === 'env' && isEmpty ? null : known;
  }

  /** The value in a command. Throws an `UnusableValue`. */
  read(command: Command): T {
    const source = this.sourceIn(command);
    const given =
      source === null || source === 'default' ? [] : texts(command.getOptionValue(this.option.attributeName()));
    try {
      return this.#parseAll(given);
    } catch (error) {
      throw this.#unusable(error, source ?? 'default');
    }
  }

  /**
   * Gives a command the value of the config file, unless something stronger gave it one; null: only looks whether it
   * could be used. Throws an `UnusableValue`.
   */
  configure(command: Command | null, value: unknown): void {
    const wanted = this.#wantedInstead(value);
    if (wanted !== null) throw new UnusableValue(this, 'config', `${wanted} is wanted`);
    const stored = this.#storedFor(value);
    try {
      if (typeof stored !== 'boolean') this.#parseAll(texts(stored));
    } catch (error) {
      throw this.#unusable(error, 'config');
    }
    const source = command === null ? null : this.sourceIn(command);
    if (command === null || source === 'cli' || source === 'env') return;
    command.setOptionValueWithSource(this.option.attributeName(), stored, 'config');
  }

  #storedFor(value: unknown): boolean | string | readonly string[] {
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'boolean' ? value : String(value);
  }

  #parseAll(given: readonly string[]): T {
    if (given.some((text) => text.trim() === '')) {
      throw new InvalidArgumentError('it wants a value, and the one given is empty');
    }
    return this.#parse(given);
  }

  #unusable(error: unknown, source: (typeof sources)[number]): unknown {
    return error instanceof InvalidArgumentError ? new UnusableValue(this, source, error.message) : error;
  }

  #wantedInstead(value: unknown): string | null {
    const isText = typeof value === 'string';
    switch (this.#kind) {
      case 'switch':
        return typeof value === 'boolean' ? null : 'true or false';
      case 'number':
        return isText || typeof value === 'number' ? null : 'a number';
      case 'text':
        return isText ? null : 'text';
      case 'list': {
        const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
        return isText || isList ? null : 'text, or a list of texts';
      }
    }
  }
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== undefined).map(String);
}
