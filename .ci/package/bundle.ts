import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build, type BuildOptions} from 'esbuild';
import {inkStage, quickStart} from '../../bundling.mjs';
import {bundledPackages, licenceText, type BundledPackage} from './licences.ts';

const bundleOptions = (): BuildOptions => ({
  absWorkingDir: join(import.meta.dirname, '..', '..'),
  entryPoints: {main: 'src/main.ts'},
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // Names too: they are a third of the bundle.
  minify: true,
  // All licences are in one file (licences.ts).
  legalComments: 'none',
  jsx: 'automatic',
  plugins: [inkStage, quickStart],
  define: {'process.env.NODE_ENV': '"production"'},
  // Ink imports the devtools behind a check of the environment; left external, the bundle would fail at start.
  alias: {'react-devtools-core': './src/tui/no-devtools.ts'},
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

/**
 * Makes dist/ anew, in the present folder: the bundle, the licences of what is in it, the man page. Returns what is
 * bundled. Unbundled, Ink alone opens 416 files and doubles the time to the first frame. Splitting keeps what is imported
 * lazily (undici, execa, the kubeconfig reader) out of the first chunk.
 */
export async function buildDist(): Promise<readonly BundledPackage[]> {
  rmSync('dist', {recursive: true, force: true});
  const {metafile} = await build({...bundleOptions(), outdir: 'dist', splitting: true, metafile: true});
  const packages = bundledPackages(metafile);
  writeFileSync('dist/LICENCES.txt', licenceText(packages));
  // The man page comes from the program's own tables.
  writeFileSync('dist/ktop.1', execFileSync(process.execPath, ['dist/main.js', '__man']));
  return packages;
}
