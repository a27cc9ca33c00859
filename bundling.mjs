// How ktop is bundled beyond what esbuild does by itself.
//
// Ink stays ktop's renderer, but the last part of its way to the terminal is ktop's own: it costs a fifth. These modules
// of Ink are replaced wherever Ink itself imports them; ours reach the originals as `ink-stock/…`. With another version
// of Ink read the three (they are small), and what calls them, before this number is raised.
import {readFileSync} from 'node:fs';
import {basename, join, sep} from 'node:path';

const writtenFor = '8.0.0';
const replaced = {
  'output.js': 'output.ts',
  'render-background.js': 'render-background.ts',
  'log-update.js': 'log-update.ts',
};

const ink = join(import.meta.dirname, 'node_modules', 'ink');
const inkModules = join(ink, 'build') + sep;
const util = join(import.meta.dirname, 'src', 'util');
const ours = join(import.meta.dirname, 'src', 'tui', 'ink');

/** Where an import leads that is not to be resolved as usual, else undefined. */
function resolved(path, importer) {
  if (path.startsWith('ink-stock/')) return join(inkModules, basename(path));
  const replacement = replaced[basename(path)];
  const isInk = importer !== undefined && importer.startsWith(inkModules) && path.startsWith('.');
  return isInk && replacement !== undefined ? join(ours, replacement) : undefined;
}

function checkVersion() {
  const {version} = JSON.parse(readFileSync(join(ink, 'package.json'), 'utf8'));
  if (version !== writtenFor) throw new Error(`bundling.mjs is written for Ink ${writtenFor}, this is ${version}`);
}

/** For esbuild. */
export const inkStage = {
  name: 'ink-stage',
  setup(build) {
    checkVersion();
    const met = new Set();
    build.onResolve({filter: /^ink-stock\/|\/(output|render-background|log-update)\.js$/}, ({path, importer}) => {
      const file = resolved(path, importer);
      if (file !== undefined) met.add(file);
      return file === undefined ? undefined : {path: file};
    });
    build.onEnd(() => {
      const missed = Object.keys(replaced).filter((name) => met.size > 0 && !met.has(join(ours, replaced[name])));
      return {errors: missed.map((name) => ({text: `Ink imports no ${name} any more: its output stage has changed`}))};
    });
  },
};

/**
 * What packages do when they are loaded, and most runs never need, waits until it is needed: Yoga would fetch its
 * WebAssembly from a data URL, for which Node loads all of its `fetch`; several packages load Unicode's tables of
 * clusters and emoji; commander loads what starts processes, for a kind of subcommand that ktop has not.
 */
export const quickStart = {
  name: 'quick-start',
  setup(build) {
    const changed = (filter, what, by) =>
      build.onLoad({filter}, ({path}) => {
        const source = readFileSync(path, 'utf8');
        const contents = source.replace(what, by);
        return contents === source ? {errors: [{text: `${path} has changed: see bundling.mjs`}]} : {contents};
      });
    changed(/yoga-wasm-base64-esm\.js$/, '"function"!=typeof fetch?', '!0?');
    changed(/string-width[\\/]index\.js$/, /= (\/.*RGI_Emoji.*\/v);/, '= new LazyRegExp(() => $1);');
    changed(/commander[\\/]lib[\\/]command\.js$/, /import childProcess from .*/, 'const childProcess = {};');
    Object.assign(build.initialOptions.define, {'Intl.Segmenter': 'LazySegmenter'});
    build.initialOptions.inject = ['lazy-segmenter', 'lazy-reg-exp'].map((name) => join(util, `${name}.ts`));
  },
};

/** For Vite, and so for the tests. */
export const inkStageForVite = {
  name: 'ink-stage',
  enforce: 'pre',
  buildStart: checkVersion,
  resolveId: (path, importer) => resolved(path, importer),
  // Ink's source maps name sources that it does not ship, about each of which Vite has a word to say.
  load: (id) =>
    id.startsWith(inkModules) ? readFileSync(id, 'utf8').replace(/\/\/# sourceMappingURL=.*/, '') : undefined,
};
