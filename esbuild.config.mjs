// Bundles the program: unbundled, Ink alone opens 416 files and doubles the time to the first frame.
// Splitting keeps what is imported lazily (undici, execa, the kubeconfig reader) out of the first chunk.
import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {build} from 'esbuild';

const requireBanner =
  "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);";

rmSync('dist', {recursive: true, force: true});
await build({
  entryPoints: {main: 'src/main.ts'},
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  minifyWhitespace: true,
  jsx: 'automatic',
  define: {'process.env.NODE_ENV': '"production"'},
  // Ink imports the devtools behind a check of the environment; left external, the bundle would fail at start.
  alias: {'react-devtools-core': './src/tui/no-devtools.ts'},
  banner: {js: requireBanner},
  logLevel: 'warning',
});
// The man page comes from the program's own tables.
writeFileSync('dist/ktop.1', execFileSync(process.execPath, ['dist/main.js', '__man']));
