#!/usr/bin/env bash
# undici 8.12.4: headersTimeout of 300 ms ends a request after about 1000 ms, and 1000 ms after about 1500 ms.
#
# Who polls a kubelet each second and wants to give up on a hung one before the next poll sets headersTimeout to, say,
# 300 ms. The dispatcher's time-outs share one coarse clock: they end up to a second late, never early, and nothing under
# a second can be had. An AbortSignal (AbortSignal.timeout) is punctual, on the same request.
#
# Seen with Node 24.21, one busy machine, rounded to 100 ms:
#   headersTimeout 300: UND_ERR_HEADERS_TIMEOUT after 1000
#   headersTimeout 1000: UND_ERR_HEADERS_TIMEOUT after 1500
#   signal 300: TimeoutError after 300
# It fails where a headersTimeout of 300 ms ends a request in under 800 ms.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@8.12.4 node@24.21.0
cat >late.mjs <<'JS'
import {once} from 'node:events';
import {createServer} from 'node:http';
import {Agent, request} from 'undici';

// Takes the request and never answers, as a kubelet that hangs.
const server = createServer(() => undefined).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/stats/summary`;
async function ended(what, options) {
  const start = performance.now();
  const error = await request(url, options).catch((reason) => reason);
  const ms = performance.now() - start;
  console.log(`${what}: ${typeof error.code === 'string' ? error.code : error.name} after ${Math.round(ms / 100) * 100}`);
  return ms;
}
const agent = (headersTimeout) => ({dispatcher: new Agent({headersTimeout})});
// The first request of a process also starts the clock.
await request(url, agent(100)).catch(() => undefined);
const short = await ended('headersTimeout 300', agent(300));
const long = await ended('headersTimeout 1000', agent(1000));
const signal = await ended('signal 300', {signal: AbortSignal.timeout(300)});
const holds = short >= 800 && long >= 1300 && signal < short;
console.log(holds ? 'as described' : 'changed');
process.exit(holds ? 0 : 1);
JS
node_modules/.bin/node late.mjs
