#!/usr/bin/env bash
# asciichart 1.5.25: a series that does not change is one row, whatever height was asked for.
#
# A pod at rest reports the same millicores for minutes. Its chart collapses from `height` + 1 rows to a single one, and a
# screen laid out for the height jumps at the first change. min and max, in the same options, give the rows back.
# And a label has two decimals, so the rows of a small series (cores instead of millicores) all read 0.00.
#
# Seen with Node 24.21:
#   changing: 6 rows
#   constant: 1 row
#   constant, min and max given: 6 rows
#   0.001 to 0.004: labels 0.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund asciichart@1.5.25 node@24.21.0
cat >rows.cjs <<'JS'
const {plot} = require('asciichart');
const rows = (series, more) => {
  const count = plot(series, {height: 5, ...more}).split('\n').length;
  return `${count} ${count === 1 ? 'row' : 'rows'}`;
};
console.log(`changing: ${rows([100, 140, 120])}`);
console.log(`constant: ${rows([120, 120, 120])}`);
console.log(`constant, min and max given: ${rows([120, 120, 120], {min: 100, max: 140})}`);
const labels = plot([0.001, 0.004], {height: 5}).split('\n').map((line) => line.trim().split(' ')[0]);
console.log(`0.001 to 0.004: labels ${[...new Set(labels)].join(' ')}`);
JS
node_modules/.bin/node rows.cjs | tee seen
diff seen - <<'TXT'
changing: 6 rows
constant: 1 row
constant, min and max given: 6 rows
0.001 to 0.004: labels 0.00
TXT
