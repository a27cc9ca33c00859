/** Prints the version of the cgroups (`v1`, `v2`) and the folders of all pods and what is in them, a line each. */
export const foldersScript = `
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo v2; r=/sys/fs/cgroup; else echo v1
for r in /sys/fs/cgroup/cpuacct /sys/fs/cgroup/cpu,cpuacct; do [ -d "$r" ] && break; done; fi
exec find "$r/" -maxdepth 9 -type d -path '*pod*'
`.trim();

/**
 * Reads counters (its arguments are their files) whenever a line comes in, and prints them in one line with the time
 * before and after. It starts no process after its first line: \`read\`, \`echo\` and the loop are the shell's own, and
 * the seconds are counted by whoever writes the lines. Time is bash's own where there is one, else that since the boot
 * (hundredths of a second), with both compared once at the start. A file that is gone reads as \`-\`.
 */
const loop = `
now() { t=\${EPOCHREALTIME:-}; [ -n "$t" ] || read -r t _ </proc/uptime; }
now; echo "C $t \${EPOCHREALTIME:-$(date +%s.%N)}"
while read -r _; do
  now; l="T $t"
  for p; do
    v=
    case $p in
      */cpu.stat) { read -r _ v <"$p"; } 2>/dev/null ;;
      *) { read -r v <"$p"; } 2>/dev/null ;;
    esac
    l="$l \${v:--}"
  done
  now; echo "$l $t"
done
`.trim();

/** The argument list that runs it, in bash where the node has one: its clock is finer. */
export function readerCommand(files: readonly string[]): readonly string[] {
  const choose = 'LC_ALL=C; export LC_ALL; s=sh; command -v bash >/dev/null 2>&1 && s=bash; exec "$s" -c "$@"';
  return ['sh', '-c', choose, 'ktop-truth', loop, 'ktop-truth', ...files];
}

/** One reading: when, in unix milliseconds by the node's clock, and the counters in the order of their files. */
export interface CounterReading {
  readonly atMs: number;
  readonly values: readonly (number | null)[];
}

/** Reads the lines of the reader. */
export class ReaderLines {
  #offsetS = 0;
  #rest = '';

  /** Takes a piece of its output; gives the readings that are complete. */
  take(piece: string): readonly CounterReading[] {
    const lines = (this.#rest + piece).split('\n');
    // No line of ours is so long.
    this.#rest = (lines.pop() ?? '').slice(-(1 << 16));
    return lines.flatMap((line) => this.#line(line.trim().split(' ')) ?? []);
  }

  #line([kind, ...words]: readonly string[]): CounterReading | null {
    if (kind === 'C') {
      const [own, wall] = [Number(words[0]), Number(words[1])];
      if (Number.isFinite(own) && Number.isFinite(wall)) this.#offsetS = wall - own;
      return null;
    }
    if (kind !== 'T' || words.length < 2) return null;
    const [from, to] = [Number(words[0]), Number(words.at(-1))];
    if (!Number.isFinite(from) || !Number.isFinite(to)) return null;
    const values = words.slice(1, -1).map((word) => (/^\d{1,20}$/.test(word) ? Number(word) : null));
    return {atMs: ((from + to) / 2 + this.#offsetS) * 1000, values};
  }
}
