// How ktop is bundled beyond what the bundler does by itself; Vite, and so the tests, takes the same plugins.
//
// Ink stays ktop's renderer, but the last part of its way to the terminal is ktop's own: it costs a fifth, and keeps no key
// waiting. These modules are replaced wherever Ink itself imports them; ours reach the originals as `ink-stock/…`. With
// another version of Ink read them (they are small), and what calls them, before this number is raised.
import {readFileSync, realpathSync} from 'node:fs';
import {basename, join, sep} from 'node:path';
import type {InputOptions, Plugin} from 'rolldown';

const writtenFor = '8.0.0';
const replaced = new Map([
  ['output.js', 'output.ts'],
  ['render-background.js', 'render-background.ts'],
  ['log-update.js', 'log-update.ts'],
  ['es-toolkit/compat', 'throttle.ts'],
]);

// As the bundler names it, where packages are linked.
const ink = realpathSync(join(import.meta.dirname, 'node_modules', 'ink'));
const inkModules = join(ink, 'build') + sep;
const source = (...path: readonly string[]): string => join(import.meta.dirname, 'src', ...path);

/** Puts ktop's output stage in the place of Ink's. Fails where Ink is another version, or imports one of these no more. */
export function inkStage(): Plugin & {readonly enforce: 'pre'} {
  const met = new Set<string>();
  return {
    name: 'ink-stage',
    enforce: 'pre',
    buildStart() {
      const {version} = JSON.parse(readFileSync(join(ink, 'package.json'), 'utf8')) as {version: string};
      if (version !== writtenFor) throw new Error(`bundling.ts is written for Ink ${writtenFor}, this is ${version}`);
    },
    resolveId(path, importer) {
      if (path.startsWith('ink-stock/')) return join(inkModules, basename(path));
      if (importer?.startsWith(inkModules) !== true) return undefined;
      const name = path.startsWith('.') ? basename(path) : path;
      const replacement = replaced.get(name);
      if (replacement === undefined) return undefined;
      met.add(name);
      return source('tui', 'ink', replacement);
    },
    // Ink's source maps name sources that it does not ship, about each of which Vite has a word to say.
    load: (id) =>
      id.startsWith(inkModules) ? readFileSync(id, 'utf8').replace(/\/\/# sourceMappingURL=.*/, '') : undefined,
    generateBundle() {
      const missed = [...replaced.keys()].filter((name) => met.size > 0 && !met.has(name));
      if (missed.length > 0) {
        throw new Error(`Ink imports ${missed.join(', ')} no more: its output stage has changed`);
      }
    },
  };
}

/**
 * What packages do when they are loaded, and most runs never need, waits until it is needed: Yoga would fetch its
 * WebAssembly from a data URL, for which Node loads all of its `fetch`; several packages load Unicode's tables of
 * clusters and emoji; commander loads what starts processes, for a kind of subcommand that ktop has not.
 */
const changes: readonly {readonly of: RegExp; readonly what: string | RegExp; readonly by: string}[] = [
  {of: /yoga-wasm-base64-esm\.js$/, what: '"function"!=typeof fetch?', by: '!0?'},
  {
    of: /string-width[\\/]index\.js$/,
    what: /= (\/.*RGI_Emoji.*\/v);/,
    by: '= new LazyRegExp(() => $1);',
  },
  {of: /commander[\\/]lib[\\/]command\.js$/, what: /import childProcess from .*/, by: 'const childProcess = {};'},
];

const quickStart: Plugin = {
  name: 'quick-start',
  transform(code, id) {
    const change = changes.find(({of}) => of.test(id));
    if (change === undefined) return null;
    const changed = code.replace(change.what, change.by);
    if (changed === code) throw new Error(`${id} has changed: see bundling.ts`);
    return {code: changed, map: null};
  },
};

/**
 * To import a module of Node costs more than to have it: for the names that may be imported every property is read, also
 * those behind which much is loaded at last (`node:http` has a `WebSocket`: all of Node's undici; `node:crypto` has Web
 * Crypto). Taken as an object they are there at once: a third less for a chunk.
 */
const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  renderChunk(code) {
    let changed = '';
    let end = 0;
    for (const node of this.parse(code).body) {
      if (node.type !== 'ImportDeclaration' || !node.source.value.startsWith('node:')) continue;
      const object = `process.getBuiltinModule('${node.source.value}')`;
      const names = node.specifiers.map(({local, ...one}) => {
        if (one.type !== 'ImportSpecifier') return `const ${local.name} = ${object};`;
        const {imported} = one;
        return `const {${imported.type === 'Identifier' ? imported.name : imported.value}: ${local.name}} = ${object};`;
      });
      changed += code.slice(end, node.start) + names.join('');
      end = node.end;
    }
    return {code: changed + code.slice(end), map: null};
  },
};

/** What programs of this project are bundled with; `stock` with Ink and the others as they come. */
export function bundled({stock = false} = {}): InputOptions {
  return {
    cwd: import.meta.dirname,
    platform: 'node',
    plugins: stock ? [] : [inkStage(), quickStart, builtinsAsObjects],
    // Ink imports the devtools behind a check of the environment; left external, the bundle would fail at start.
    resolve: {alias: {'react-devtools-core': source('tui', 'no-devtools.ts')}},
    transform: {
      target: 'node22.19',
      define: {'process.env.NODE_ENV': '"production"'},
      inject: stock
        ? {}
        : {
            'Intl.Segmenter': [source('util', 'lazy-segmenter.ts'), 'LazySegmenter'],
            LazyRegExp: [source('util', 'lazy-reg-exp.ts'), 'LazyRegExp'],
          },
    },
  };
}
