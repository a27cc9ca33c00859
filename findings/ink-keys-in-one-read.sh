#!/usr/bin/env bash
# ink 8.0.0, react 19.3.1: letters that arrive in one read are ONE call of useInput, arrows are one call each.
#
# A key held down over a slow link, or typed fast, comes several times in one read of the terminal. For "jj" the handler
# gets a single call with input "jj": `if (input === 'j')` misses both. Two times Enter is a single call with input
# "\r\r" and without key.return. Two arrows are two calls with key.downArrow. Only the mix hides it in a first test, since
# a letter before an arrow is a call of its own.
#
# Seen with Node 24.21:
#   "jj" -> 1 call: "jj"
#   "\r\r" -> 1 call: "\r\r"
#   "\u001b[B\u001b[B" -> 2 calls: downArrow downArrow
#   "j\u001b[B" -> 2 calls: "j" downArrow
# Who handles keys by comparing input has to take it apart first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ink@8.0.0 react@19.3.1 node@24.21.0
cat >keys.mjs <<'JS'
import {PassThrough} from 'node:stream';
import {createElement} from 'react';
import {render, Text, useInput} from 'ink';

const terminal = (own) => Object.assign(new PassThrough(), {isTTY: true, ...own});
const stdin = terminal({setRawMode() {}, ref() {}, unref() {}});
const stdout = terminal({columns: 80, rows: 24});
const calls = [];
const name = (input, key) => Object.keys(key).find((flag) => key[flag] === true) ?? JSON.stringify(input);
let listening = () => undefined;
const listens = new Promise((resolve) => (listening = resolve));
function Keys() {
  useInput((input, key) => calls.push(name(input, key)));
  return createElement(Text, null, 'keys');
}
stdin.on('newListener', (event) => event === 'readable' && listening());
const app = render(createElement(Keys), {stdin, stdout, interactive: true, patchConsole: false});
await listens;
for (const read of ['jj', '\r\r', '\x1b[B\x1b[B', 'j\x1b[B']) {
  calls.length = 0;
  stdin.write(read);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  console.log(`${JSON.stringify(read)} -> ${calls.length} ${calls.length === 1 ? 'call' : 'calls'}: ${calls.join(' ')}`);
}
app.unmount();
process.exit(0);
JS
node_modules/.bin/node keys.mjs | tee seen
diff seen - <<'TXT'
"jj" -> 1 call: "jj"
"\r\r" -> 1 call: "\r\r"
"\u001b[B\u001b[B" -> 2 calls: downArrow downArrow
"j\u001b[B" -> 2 calls: "j" downArrow
TXT
