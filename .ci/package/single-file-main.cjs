// The main script of the single file: starts what npm's package has in dist/, which lies in the executable as assets.
// Node 24 takes CommonJS only here, and does not look for modules among the assets.
/* global process, console */
const {getAsset} = require('node:sea');
const {posix} = require('node:path');
const vm = require('node:vm');

const loaded = new Map();

/** The module of that name, linked, not evaluated: Node's own, or a file of dist/. */
function load(specifier) {
  const name = specifier.startsWith('.') ? posix.basename(specifier) : specifier;
  const module = loaded.get(name) ?? (specifier.startsWith('.') ? bundled(name) : builtIn(name));
  loaded.set(name, module);
  return module;
}

function bundled(name) {
  return new vm.SourceTextModule(getAsset(name, 'utf8'), {
    identifier: name,
    initializeImportMeta: (meta) => {
      meta.url = `file://${process.execPath}`;
    },
    importModuleDynamically: run,
  });
}

function builtIn(name) {
  const exported = process.getBuiltinModule(name);
  if (exported === undefined) throw new Error(`no such module in the executable: ${name}`);
  const names = [...new Set(['default', ...Object.keys(exported)])];
  return new vm.SyntheticModule(names, function () {
    for (const key of names) this.setExport(key, key === 'default' ? exported : exported[key]);
  });
}

/** Links and evaluates once; whoever comes meanwhile waits for the same. */
const running = new Map();
/** One at a time: what two wait for would be half linked for one of them. */
let linked = Promise.resolve();
function run(specifier) {
  const module = load(specifier);
  const ready =
    running.get(module) ??
    (async () => {
      linked = linked.then(() => (module.status === 'unlinked' ? module.link(load) : undefined));
      await linked;
      await module.evaluate();
      return module;
    })();
  running.set(module, ready);
  return ready;
}

run('./main.js').catch((error) => {
  console.error(error);
  process.exit(1);
});
