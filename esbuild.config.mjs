// Bundles the program: unbundled, Ink alone opens 416 files and doubles the time to the first frame.
// Splitting keeps what is imported lazily (undici, execa, the kubeconfig reader) out of the first chunk.
import {rmSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {bundledPackages, licenceText} from './.ci/package/licences.mjs';

const requireBanner =
  "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);";

/** What every bundle of ktop has in common. @type {import('esbuild').BuildOptions} */
export const options = {
  absWorkingDir: import.meta.dirname,
  entryPoints: {main: 'src/main.ts'},
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // Names too: they are a third of the bundle.
  minify: true,
  legalComments: 'none',
  jsx: 'automatic',
  define: {'process.env.NODE_ENV': '"production"'},
  // Ink imports the devtools behind a check of the environment; left external, the bundle would fail at start.
  alias: {'react-devtools-core': './src/tui/no-devtools.ts'},
  banner: {js: requireBanner},
  logLevel: 'warning',
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync('dist', {recursive: true, force: true});
  const {metafile} = await build({...options, outdir: 'dist', splitting: true, metafile: true});
  writeFileSync('dist/LICENCES.txt', licenceText(bundledPackages(metafile)));
}
