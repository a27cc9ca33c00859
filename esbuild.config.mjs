// Bundles the program: unbundled, Ink alone opens 416 files and doubles the time to the first frame.
// Splitting keeps what is imported lazily (undici, execa, the kubeconfig reader) out of the first chunk.
import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {build} from 'esbuild';
import {bundleOptions} from './.ci/package/bundle.ts';
import {bundledPackages, licenceText} from './.ci/package/licences.ts';

rmSync('dist', {recursive: true, force: true});
const {metafile} = await build({...bundleOptions(), outdir: 'dist', splitting: true, metafile: true});
writeFileSync('dist/LICENCES.txt', licenceText(bundledPackages(metafile)));
// The man page comes from the program's own tables.
writeFileSync('dist/ktop.1', execFileSync(process.execPath, ['dist/main.js', '__man']));
