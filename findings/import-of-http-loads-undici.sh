#!/usr/bin/env bash
# Node 24.21.0: to import `node:http` in an ES module loads all of Node's own undici; to require it does not.
#
# For the names that may be imported Node reads every property of a module of its own. One of http's is `WebSocket`, which
# loads undici when it is read. A program for the terminal that only wants `request`, for a proxy in front of an API server,
# starts so much later (here 35 of 45 ms), also where it brings an undici of its own. `process.getBuiltinModule` gives
# the same functions without that.
#
# Seen with node 24.21.0:
#   import {request} from 'node:http': undici is loaded
#   require('node:http'): undici is not loaded
#   process.getBuiltinModule('node:http'): undici is not loaded
# Needs npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
node=node_modules/node/bin/node
[ -x "$node" ] || node=$(find node_modules -path '*bin/node' -type f | head -n 1)
"$node" --version

cat >told.cjs <<'JS'
exports.told = () => {
  const isLoaded = process.moduleLoadList.some((name) => name.endsWith('internal/deps/undici/undici'));
  console.log(`undici is ${isLoaded ? '' : 'not '}loaded`);
};
JS
echo "import {request} from 'node:http'; import {told} from './told.cjs'; told(request)" >import.mjs
echo "require('node:http').request; require('./told.cjs').told()" >require.cjs
echo "import {told} from './told.cjs'; told(process.getBuiltinModule('node:http').request)" >object.mjs
{
  echo "import {request} from 'node:http': $("$node" import.mjs)"
  echo "require('node:http'): $("$node" require.cjs)"
  echo "process.getBuiltinModule('node:http'): $("$node" object.mjs)"
} | tee seen
diff seen - <<'TXT'
import {request} from 'node:http': undici is loaded
require('node:http'): undici is not loaded
process.getBuiltinModule('node:http'): undici is not loaded
TXT
