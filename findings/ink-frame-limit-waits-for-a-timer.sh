#!/usr/bin/env bash
# ink 8.0.0, react 19.3.1: with `maxFps: 60` a change is drawn late though the frame before it is long ago.
#
# What lets the next frame through is not the time since the last one but a timer that has run meanwhile. A program that
# was busy for 200 ms (it read a burst of lines, say) and then changes its state has had no timer: the change is not
# drawn but put off by another sixtieth of a second, and if the program stays busy by as long as that takes. `maxFps: 1000`
# helps no more than the timer's one millisecond does. A key pressed while a log pours in waits for this.
#
# Seen with Node 24.21, a change at once after 200 ms of work behind the frame before it:
#   maxFps 60: drawn when React has committed: no; after 200 ms more of work: no; after timers ran: yes
#   maxFps 1000: drawn when React has committed: no; after 200 ms more of work: no; after timers ran: yes
# Who has a clock of frames of his own has to get this one out of the way, not only to raise it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ink@8.0.0 react@19.3.1 node@24.21.0
cat >frames.mjs <<'JS'
import {PassThrough} from 'node:stream';
import {createElement, useSyncExternalStore} from 'react';
import {render, Text} from 'ink';

const work = (ms) => {
  for (const until = performance.now() + ms; performance.now() < until;);
};
// Promises only: no timer runs meanwhile.
const committed = async () => {
  for (let i = 0; i < 20; i++) await null;
};
const yesNo = (is) => (is ? 'yes' : 'no');
for (const maxFps of [60, 1000]) {
  const stdout = Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY: true, columns: 40, rows: 10});
  let [state, changed] = ['one', () => undefined];
  const subscribe = (listener) => {
    changed = listener;
    return () => undefined;
  };
  const App = () => createElement(Text, null, useSyncExternalStore(subscribe, () => state));
  const app = render(createElement(App), {stdout, interactive: true, patchConsole: false, maxFps});
  let written = '';
  const shows = (text) => (written += stdout.read() ?? '').includes(text);
  const change = async (text) => {
    state = text;
    changed();
    await committed();
  };
  await new Promise((resolve) => setTimeout(resolve, 300));
  await change('two');
  if (!shows('two')) throw new Error('a change after a quiet while was not drawn at once');
  work(200);
  await change('three');
  const atOnce = shows('three');
  work(200);
  await committed();
  const later = shows('three');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const atLast = shows('three');
  console.log(
    `maxFps ${maxFps}: drawn when React has committed: ${yesNo(atOnce)}; ` +
      `after 200 ms more of work: ${yesNo(later)}; after timers ran: ${yesNo(atLast)}`,
  );
  app.unmount();
}
process.exit(0);
JS
node_modules/.bin/node frames.mjs | tee seen
diff seen - <<'TXT'
maxFps 60: drawn when React has committed: no; after 200 ms more of work: no; after timers ran: yes
maxFps 1000: drawn when React has committed: no; after 200 ms more of work: no; after timers ran: yes
TXT
