import type {PodQuery} from '../model/selection/pod-query.ts';

export const providers = ['kind', 'minikube', 'ssh', 'local', 'api', 'demo'] as const;
export const routes = ['apiserver', 'direct', 'exec'] as const;

/** How to find and reach the node; null where the choice is left to ktop. */
export interface ConnectionOptions {
  readonly node: string | null;
  readonly via: (typeof providers)[number] | null;
  readonly ssh: string | null;
  readonly route: (typeof routes)[number] | null;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly tokenFile: string | null;
  readonly tokenSecret: string | null;
  readonly caFile: string | null;
  /** `address[:port]` of the kubelet. */
  readonly address: string | null;
  readonly insecure: boolean;
  /** The systemd unit of the kubelet. */
  readonly unit: string;
}

export const severities = ['info', 'warning', 'error', 'fatal'] as const;

/** Which journal lines are read, and which of them are shown. */
export interface JournalOptions {
  readonly units: readonly string[];
  readonly since: string | null;
  readonly boot: string | null;
  readonly sourceGrep: string | null;
  readonly grep: string | null;
  readonly exclude: readonly string[];
  readonly severity: (typeof severities)[number] | null;
  readonly contextLines: number;
  readonly scrollback: number;
  readonly tickPattern: string | null;
  readonly fold: boolean;
}

export interface WatchOptions {
  readonly connection: ConnectionOptions;
  readonly journal: JournalOptions;
  /** Which pods and containers are drawn. */
  readonly pods: PodQuery;
  readonly output: 'tui' | 'jsonl';
  /** A folder that receives what the node said, raw. */
  readonly record: string | null;
  readonly theme: 'default' | 'light' | 'mono' | null;
  /** Ends by itself after this long; for scripts. */
  readonly forMs: number | null;
}

/** How to find and reach the node, from what commander read. */
export function connectionOptions(raw: unknown): ConnectionOptions {
  const flags = new Flags(raw);
  const node = flags.text('node');
  const demo = flags.is('demo') || (flags.is('demoByDefault') && node === null && flags.text('ssh') === null);
  return {
    node,
    via: demo ? 'demo' : flags.oneOf('via', providers),
    ssh: flags.text('ssh'),
    route: flags.oneOf('route', routes),
    kubeconfig: flags.text('kubeconfig'),
    context: flags.text('context'),
    tokenFile: flags.text('tokenFile'),
    tokenSecret: flags.text('tokenSecret'),
    caFile: flags.text('caFile'),
    address: flags.text('address'),
    insecure: flags.is('insecure'),
    unit: flags.texts('unit')[0] ?? 'kubelet',
  };
}

/** All that a watch needs, from what commander read. */
export function watchOptions(raw: unknown): WatchOptions {
  const flags = new Flags(raw);
  const units = flags.texts('unit');
  return {
    connection: connectionOptions(raw),
    journal: {
      units: units.length === 0 ? ['kubelet'] : units,
      since: flags.text('since'),
      boot: flags.text('boot'),
      sourceGrep: flags.text('sourceGrep'),
      grep: flags.text('grep'),
      exclude: flags.texts('exclude'),
      severity: flags.oneOf('severity', severities),
      contextLines: flags.number('contextLines') ?? 0,
      scrollback: flags.number('scrollback') ?? 50_000,
      tickPattern: flags.text('tickPattern'),
      fold: flags.is('fold'),
    },
    pods: {
      pods: flags.texts('pod'),
      containers: flags.texts('container'),
      labels: flags.text('selector'),
      top: flags.number('top'),
    },
    output: flags.oneOf('output', ['tui', 'jsonl']) ?? 'tui',
    record: flags.text('record'),
    theme: flags.oneOf('theme', ['default', 'light', 'mono']),
    forMs: flags.number('for'),
  };
}

/** What commander read, taken as unknown and asked field by field. */
export class Flags {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(raw: unknown) {
    this.#values = new Map(typeof raw === 'object' && raw !== null ? Object.entries(raw) : []);
  }

  /** Whether the flag was given. */
  is(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** The text of an option, or null. */
  text(name: string): string | null {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : null;
  }

  /** The number that an option's parser made, or null. */
  number(name: string): number | null {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : null;
  }

  /** The values of a repeatable option; empty where it was not given. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** The value of an option with fixed choices, or null. */
  oneOf<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.#values.get(name);
    return choices.find((choice) => choice === value) ?? null;
  }
}
