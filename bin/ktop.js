#!/usr/bin/env node
// Plain old syntax: this file must parse on any Node, so that an old one gets a sentence and not a stack trace.
var wanted = [22, 19];
var have = process.versions.node.split('.').map(Number);
if (have[0] < wanted[0] || (have[0] === wanted[0] && have[1] < wanted[1])) {
  console.error(
    'ktop needs Node ' +
      wanted.join('.') +
      ' or newer, this is ' +
      process.versions.node +
      ': install it from https://nodejs.org, or run it with `npx -p node@24 -p ktop ktop`.',
  );
  process.exit(2);
}

var fs = require('node:fs');
var os = require('node:os');
var path = require('node:path');
var env = process.env;
var home = env.HOME || os.homedir();
var asked = process.argv.length === 3 ? process.argv[2] : '';

// Who reads it may be slow, and wants it whole; or gone.
var isTold = false;
var tell = function (text) {
  var end = function (error) {
    var isLost = error && error.code !== 'EPIPE';
    if (isLost) console.error('ktop: write to standard output: ' + error.message);
    process.exit(isLost ? 1 : 0);
  };
  isTold = true;
  process.stdout.on('error', end);
  process.stdout.write(text, end);
};

// Asked for again and again, by scripts and by eye: nothing of the program is needed for it.
if (asked === '--version' || asked === '-V') tell('ktop (kubelet) ' + require('../package.json').version + '\n');
if (asked === '--help' || asked === '-h' || asked === 'help') {
  // The build wrote it. A config file may say that commands which change a node are not told, a narrow terminal wants
  // other lines, and what kubectl starts has another name: then the program makes it.
  var config = path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'ktop');
  var isThere = function (name) {
    return fs.existsSync(path.join(config, name));
  };
  var configured = ['config.yaml', 'config.yml', 'config.json'].some(isThere);
  var fits = !process.stdout.isTTY || process.stdout.columns >= 80;
  if (fits && !configured && path.basename(process.argv[1]).indexOf('kubectl-') !== 0) {
    tell(fs.readFileSync(require.resolve('../dist/help.txt'), 'utf8'));
  }
}

// V8 keeps what it compiled in the user's cache folder, and the next start need not compile it again. Where that cannot be
// written, the start takes longer, nothing else.
if (!isTold) {
  var cache = env.XDG_CACHE_HOME || path.join(home, '.cache');
  require('node:module').enableCompileCache(path.join(cache, 'ktop'));

  import('../dist/main.js').catch(function (error) {
    console.error(error);
    process.exit(1);
  });
}
