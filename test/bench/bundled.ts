import {basename, join} from 'node:path';
import {build} from 'esbuild';
import {inkStage, quickStart} from '../../bundling.mjs';

const project = join(import.meta.dirname, '..', '..');

/**
 * Bundles a bench program as ktop itself is bundled (Node runs no TSX), and returns where it lies; `stock` with Ink as
 * it comes.
 */
export async function bundled(source: string, {stock = false} = {}): Promise<string> {
  const program = join(project, 'node_modules', '.cache', 'ktop-bench', basename(source).replace(/\.tsx?$/, '.mjs'));
  await build({
    entryPoints: [source],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    define: {'process.env.NODE_ENV': '"production"'},
    alias: {'react-devtools-core': join(project, 'src', 'tui', 'no-devtools.ts')},
    plugins: stock ? [] : [inkStage, quickStart],
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
    logLevel: 'warning',
  });
  return program;
}
