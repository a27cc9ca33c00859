// The program as one file that needs no Node: Node's own single executable application.
import {execFileSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {bundleOptions} from './bundle.ts';
import {architectures, nodeBinary, type Architecture} from './node-binary.ts';

/** Writes the executable for linux on `arch` to `output`; any machine that runs linux-x64 or -arm64 builds both. */
export async function buildSingleFile(arch: Architecture, output: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-single-'));
  try {
    const main = join(folder, 'main.mjs');
    // One chunk: what is in the executable cannot import a second.
    await build({...bundleOptions, outfile: main});
    const config = join(folder, 'config.json');
    writeFileSync(
      config,
      JSON.stringify({
        main,
        mainFormat: 'module',
        executable: nodeBinary(arch),
        output,
        disableExperimentalSEAWarning: true,
        // Both would tie the file to a build on its own architecture.
        useSnapshot: false,
        useCodeCache: false,
        // What bin/ktop.js sets by a second start.
        execArgv: ['--max-semi-space-size=8', '--expose-gc'],
        // NODE_OPTIONS is for the user's own programs, not for this one.
        execArgvExtension: 'none',
      }),
    );
    const here = architectures.find((one) => one === process.arch && process.platform === 'linux');
    if (here === undefined) throw new Error(`a single file is built on linux, ${architectures.join(' or ')}`);
    execFileSync(nodeBinary(here), ['--build-sea', config], {stdio: ['ignore', 'ignore', 'inherit']});
    chmodSync(output, 0o755);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
