// Measures the CPU pane: `node test/bench/cpu.ts`. Ink's components are TSX, so the measured program is bundled first.
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {build} from 'esbuild';

const project = join(import.meta.dirname, '..', '..');
const program = join(project, 'node_modules', '.cache', 'ktop-bench', 'cpu-pane.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'cpu-pane.tsx')],
  outfile: program,
  bundle: true,
  format: 'esm',
  platform: 'node',
  jsx: 'automatic',
  define: {'process.env.NODE_ENV': '"production"'},
  alias: {'react-devtools-core': join(project, 'src', 'no-devtools.ts')},
  banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
  logLevel: 'warning',
});
execFileSync(process.execPath, [program], {stdio: 'inherit', env: {...process.env, CI: ''}});
