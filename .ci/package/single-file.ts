// The program as one file that needs no Node: Node's own single executable application.
import {execFileSync} from 'node:child_process';
import {chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {nodeBinary, type Architecture} from './node-binary.ts';

// Node's documentation names both: the tool, and the mark in the executable that it sets.
const postject = ['node_modules/postject/dist/cli.js'];
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const mainScript = 'single-file-main.cjs';

/** Writes the executable for linux on `arch` to `output`, from dist/; any machine builds every one of them. */
export function buildSingleFile(arch: Architecture, output: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'ktop-single-'));
  try {
    const blob = join(folder, 'ktop.blob');
    copyFileSync(join(import.meta.dirname, mainScript), join(folder, mainScript));
    const chunks = readdirSync('dist').filter((name) => name.endsWith('.js'));
    const config = join(folder, 'config.json');
    writeFileSync(
      config,
      JSON.stringify({
        // The blob keeps this path: as it is here it says nothing of the folder that it was made in.
        main: mainScript,
        output: 'ktop.blob',
        disableExperimentalSEAWarning: true,
        // Both would tie the file to a build on its own architecture.
        useSnapshot: false,
        useCodeCache: false,
        // The first is for the loader, the others are what bin/ktop.js sets.
        execArgv: ['--experimental-vm-modules', '--no-warnings', '--max-semi-space-size=8', '--expose-gc'],
        // NODE_OPTIONS is for the user's own programs, not for this one.
        execArgvExtension: 'none',
        assets: Object.fromEntries(chunks.map((name) => [name, resolve('dist', name)])),
      }),
    );
    execFileSync(process.execPath, ['--experimental-sea-config', config], {cwd: folder, stdio: 'ignore'});
    copyFileSync(nodeBinary(arch), output);
    chmodSync(output, 0o755);
    execFileSync(process.execPath, [...postject, output, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
