import {basename, join} from 'node:path';
import {build} from 'rolldown';
import {bundled as bundledLike} from '../../bundling.ts';

const project = join(import.meta.dirname, '..', '..');

/**
 * Bundles a bench program as ktop itself is bundled (Node runs no TSX), and returns where it lies; `stock` with Ink as
 * it comes.
 */
export async function bundled(source: string, {stock = false} = {}): Promise<string> {
  const program = join(project, 'node_modules', '.cache', 'ktop-bench', basename(source).replace(/\.tsx?$/, '.mjs'));
  await build({
    ...bundledLike({stock}),
    input: source,
    output: {file: program, format: 'esm', codeSplitting: false},
  });
  return program;
}
