import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {ktopBinary, nodeBinary} from '../e2e/terminal.ts';

type JsonEvent = Readonly<Record<string, unknown>>;

/** The whole program with its face for scripts, and what it has printed so far. */
export class KtopEvents {
  readonly #seen: JsonEvent[] = [];
  readonly #program;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#program = spawn(nodeBinary, [ktopBinary, ...args, '--output', 'jsonl'], {
      env: {...process.env, ...env},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({input: this.#program.stdout}).on('line', (line) => this.#seen.push(JSON.parse(line) as JsonEvent));
  }

  of(type: string): readonly JsonEvent[] {
    return this.#seen.filter((event) => event.type === type);
  }

  kill(): void {
    this.#program.kill('SIGKILL');
  }
}
