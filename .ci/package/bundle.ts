import {join} from 'node:path';
import type {BuildOptions} from 'esbuild';
import {inkStage, quickStart} from '../../bundling.mjs';

/** What every bundle of ktop has in common, the npm package's and the single file's. */
export const bundleOptions = (): BuildOptions => ({
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
