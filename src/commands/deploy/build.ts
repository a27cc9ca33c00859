import {open, stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import {Worker} from 'node:worker_threads';
import {FailureError} from '../../model/failure.ts';
import {elfHeadBytes, readElf, runsOn, type ElfHead} from '../../model/deploy/elf.ts';
import {versionOf} from '../../model/deploy/node-report.ts';
import {runLocal} from '../../nodes/exec/local-command.ts';
import {formatBytes} from '../../model/draw/units.ts';

/** A kubelet that was built here. */
export interface Build {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** When it was written, unix milliseconds. */
  readonly builtAtMs: number;
  readonly machine: number;
  /** SHA-256 in hexadecimal. */
  readonly sha: string;
  /** What it answers to `--version` where it can run here; null where it cannot. Words of a program: untrusted. */
  readonly version: string | null;
}

/** How long a build may take to say its version. */
const versionMs = 10_000;

/** Reads a file that is to be deployed. Rejects with a `FailureError` where it is no whole executable. */
export async function readBuild(file: string, signal: AbortSignal): Promise<Build> {
  const path = resolve(file);
  const found = await stat(path).catch((error: unknown) => refuse(path, reasonOf(error)));
  if (!found.isFile()) return refuse(path, found.isDirectory() ? 'is a directory' : 'is not a file');
  const elf = await readHead(path).catch((error: unknown) => refuse(path, reasonOf(error)));
  if (typeof elf === 'string') return refuse(path, elf);
  if (found.size < elf.leastBytes) {
    return refuse(path, `is cut off: it has ${found.size} bytes, and by its own tables ${elf.leastBytes}`);
  }
  const {machine} = elf;
  const [sha, version] = await Promise.all([
    hashOf(path, signal).catch((error: unknown) => refuse(path, reasonOf(error))),
    versionHere(path, machine, signal),
  ]);
  const after = await stat(path).catch((error: unknown) => refuse(path, reasonOf(error)));
  if (after.size !== found.size || after.mtimeMs !== found.mtimeMs) return refuse(path, 'is being written');
  return {path, bytes: found.size, builtAtMs: found.mtimeMs, machine, sha, version};
}

/** The head of an ELF executable, or why the file is none. Rejects where it cannot be read. */
async function readHead(path: string): Promise<ElfHead | string> {
  const file = await open(path);
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(elfHeadBytes), 0, elfHeadBytes, 0);
    return readElf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** What it answers to `--version` where it can run here; null where it cannot. Never rejects. */
async function versionHere(path: string, machine: number, signal: AbortSignal): Promise<string | null> {
  if (process.platform !== 'linux' || !runsOn(machine, process.arch)) return null;
  const options = {env: process.env, timeoutMs: versionMs, signal};
  const {exitCode, stdout} = await runLocal(path, ['--version'], options);
  return exitCode === 0 ? versionOf(stdout) : null;
}

/** `v1.33.0-dirty (82Mi, sha 0123456789ab)`. */
export function buildText(version: string | null, bytes: number, sha: string): string {
  return `${version ?? 'unknown version'} (${formatBytes(bytes)}, sha ${shortSha(sha)})`;
}

/** What a person compares. */
export const shortSha = (sha: string): string => sha.slice(0, 12);

/** Sends the SHA-256 of the file that it is given, in hexadecimal. The same memory takes each piece: fresh one costs more. */
const hashScript = `
const {parentPort, workerData} = require('node:worker_threads');
const {openSync, readSync} = require('node:fs');
const hash = require('node:crypto').createHash('sha256');
const file = openSync(workerData);
const piece = Buffer.allocUnsafe(512 * 1024);
for (let bytes; (bytes = readSync(file, piece)) > 0;) hash.update(piece.subarray(0, bytes));
parentPort.postMessage(hash.digest('hex'));
`;

/** Hashes a file in a thread of its own: it takes half a second of a processor, and meanwhile there is much else to do. */
async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const {promise, resolve, reject} = Promise.withResolvers<string>();
  const worker = new Worker(hashScript, {eval: true, workerData: path});
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, {once: true});
  worker.once('message', resolve).once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that reads it has ended')));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

function refuse(path: string, why: string): never {
  throw new FailureError({tried: `deploy ${path}`, problem: `it ${why}`, next: 'ktop deploy FILE --node NAME'});
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES') return 'may not be read';
  return error instanceof Error ? `cannot be read: ${error.message}` : 'cannot be read';
}
