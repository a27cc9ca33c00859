/** What the head of an ELF file says of it (System V ABI, chapter 4). */
export interface ElfHead {
  /** `e_machine`. */
  readonly machine: number;
  readonly bits: 32 | 64;
  /** So many bytes the file must have at least, by its own tables: a file that is shorter was cut off. */
  readonly leastBytes: number;
}

/** So much of a file is enough for `readElf`: the header and the program headers, which stand right behind it. */
export const elfHeadBytes = 4096;

const executable = 2;
const shared = 3;
const load = 1;

/**
 * Reads the first bytes of a file. A string back is why it is no executable, as the end of a sentence that begins with
 * "it". Never throws, whatever the bytes are.
 */
export function readElf(head: Uint8Array): ElfHead | string {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 4 || view.getUint32(0) !== 0x7f454c46) {
    if (head.length >= 2 && head[0] === 0x23 && head[1] === 0x21) return 'is a script, not an ELF executable';
    return head.length === 0 ? 'is empty' : 'is not an ELF executable';
  }
  const bits = head[4] === 2 ? 64 : head[4] === 1 ? 32 : null;
  const little = head[5] === 1;
  if (bits === null || (!little && head[5] !== 2)) return 'has a damaged ELF header';
  if (head.length < (bits === 64 ? 64 : 52)) return 'is cut off in its ELF header';
  const word = (at: number) => (bits === 64 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const at = bits === 64 ? layout64 : layout32;
  const type = view.getUint16(16, little);
  if (type !== executable && type !== shared) return 'is an object file or a core dump, not an executable';
  if (word(24) === 0) return 'is a shared library, not an executable';
  const sectionBytes = view.getUint16(at.shentsize, little) * view.getUint16(at.shnum, little);
  let leastBytes = sectionBytes === 0 ? 0 : word(at.shoff) + sectionBytes;
  const size = view.getUint16(at.phentsize, little);
  const count = view.getUint16(at.phnum, little);
  for (let index = 0; index < count; index += 1) {
    const header = word(at.phoff) + index * size;
    if (header + at.programHeader > head.length) break;
    if (view.getUint32(header, little) !== load) continue;
    leastBytes = Math.max(leastBytes, word(header + at.offset) + word(header + at.fileSize));
  }
  return {machine: view.getUint16(18, little), bits, leastBytes};
}

const layout64 = {
  phoff: 32,
  shoff: 40,
  phentsize: 54,
  phnum: 56,
  shentsize: 58,
  shnum: 60,
  programHeader: 40,
  offset: 8,
  fileSize: 32,
};
const layout32 = {
  phoff: 28,
  shoff: 32,
  phentsize: 42,
  phnum: 44,
  shentsize: 46,
  shnum: 48,
  programHeader: 20,
  offset: 4,
  fileSize: 16,
};

/** `e_machine` by what `uname -m` and `process.arch` call it. */
const machines: readonly (readonly [machine: number, name: string, uname: RegExp, nodeArch: string])[] = [
  [62, 'x86-64', /^(?:x86_64|amd64)$/, 'x64'],
  [183, 'arm64', /^(?:aarch64|arm64)$/, 'arm64'],
  [40, '32-bit arm', /^arm/, 'arm'],
  [3, '32-bit x86', /^i[3-6]86$/, 'ia32'],
  [21, 'ppc64', /^ppc64/, 'ppc64'],
  [22, 's390x', /^s390/, 's390x'],
  [243, 'riscv64', /^riscv64$/, 'riscv64'],
  [258, 'loong64', /^loongarch64$/, 'loong64'],
];

/** What a machine is called: `x86-64`, `arm64`. */
export function machineName(machine: number): string {
  return machines.find(([number]) => number === machine)?.[1] ?? `ELF machine ${machine}`;
}

/** The `e_machine` of a node by its `uname -m`; null where that name is not known. */
export function machineOf(uname: string): number | null {
  return machines.find(([, , pattern]) => pattern.test(uname))?.[0] ?? null;
}

/** Whether a program of that machine runs where Node calls the architecture so. */
export function runsOn(machine: number, nodeArch: string): boolean {
  return machines.some(([number, , , arch]) => number === machine && arch === nodeArch);
}
