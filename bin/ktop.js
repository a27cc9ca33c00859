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

// A screen sits in its pane for days and is mostly idle. Node would give its short-lived frames 64 MB of young space and
// each of its threads a malloc arena: half of the resident memory, for nothing. These can only be set at the start of a
// process, so this one becomes the one with the flags. Where it cannot (Windows), ktop is larger, nothing else.
var lean = ['--max-semi-space-size=8', '--expose-gc'];
if (process.stdout.isTTY && process.execve !== undefined && process.execArgv.indexOf(lean[0]) === -1) {
  try {
    var args = [process.execPath].concat(lean, process.execArgv, process.argv.slice(1));
    process.execve(process.execPath, args, Object.assign({MALLOC_ARENA_MAX: '1'}, process.env));
  } catch {
    // As said: larger, nothing else.
  }
}

import('../dist/main.js').catch(function (error) {
  console.error(error);
  process.exit(1);
});
