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

// Asked for by scripts and by completion, again and again: nothing of the program is needed for it.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  console.log('ktop (kubelet) ' + require('../package.json').version);
  process.exit(0);
}

// V8 keeps what it compiled in the user's cache folder, and the next start need not compile it again. Where that cannot be
// written, the start takes longer, nothing else.
var path = require('node:path');
var cache = process.env.XDG_CACHE_HOME || path.join(require('node:os').homedir(), '.cache');
require('node:module').enableCompileCache(path.join(cache, 'ktop'));

import('../dist/main.js').catch(function (error) {
  console.error(error);
  process.exit(1);
});
