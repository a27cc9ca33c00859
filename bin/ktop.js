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
import('../dist/main.js').catch(function (error) {
  console.error(error);
  process.exit(1);
});
