import {execFileSync} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'rolldown';
import {bundled} from '../../bundling.ts';
import {bundledPackages, licenceText, type BundledPackage} from './licences.ts';

/**
 * Makes dist/ anew, in the present folder: the bundle, the licences of what is in it, the man page. Returns what is
 * bundled. Unbundled, Ink alone opens 416 files and doubles the time to the first frame. What is imported lazily (undici,
 * execa, the kubeconfig reader) stays a file of its own; what every start needs, and what the screen needs besides, is
 * one file each, because each file costs a start as much as thousands of lines do.
 */
export async function buildDist(): Promise<readonly BundledPackage[]> {
  rmSync('dist', {recursive: true, force: true});
  const {output} = await build({
    ...bundled(),
    cwd: process.cwd(),
    input: {main: 'src/main.ts'},
    output: {
      dir: 'dist',
      format: 'esm',
      // Names too: they are a third of the bundle.
      minify: true,
      // All licences are in one file (licences.ts).
      comments: false,
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      codeSplitting: {
        groups: [
          {name: 'start', tags: ['$initial'], priority: 2},
          {
            name: 'screen',
            test: /src[\\/](run|watch|nodes[\\/]find-node|tui[\\/](start-screen|terminal|keymap|users-keymap))\.tsx?$/,
            priority: 1,
          },
          {
            name: 'node',
            test: /(src[\\/]nodes[\\/]providers[\\/](kind|minikube|ssh|local|api)\.ts|node_modules[\\/]execa[\\/]index\.js)$/,
          },
        ],
      },
    },
  });
  const packages = bundledPackages(output);
  writeFileSync('dist/LICENCES.txt', licenceText(packages));
  // Both come from the program's own tables, without anybody's settings.
  const env = {PATH: process.env.PATH, XDG_CONFIG_HOME: join(process.cwd(), 'dist')};
  const told = (option: string) => execFileSync(process.execPath, ['dist/main.js', option], {env});
  writeFileSync('dist/ktop.1', told('__man'));
  writeFileSync('dist/help.txt', told('--help'));
  return packages;
}
