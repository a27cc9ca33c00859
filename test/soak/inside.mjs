// Loaded into ktop by the soak: only the process itself knows its heap, its timers and its handles. Writes them once a
// second, after a whole collection, so that what is left is what is held.
import {readdirSync, renameSync, writeFileSync} from 'node:fs';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const file = process.env.KTOP_SOAK_REPORT;

const report = () => {
  collect();
  const {rss, heapUsed, external} = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const files = readdirSync('/proc/self/fd').length;
  writeFileSync(`${file}.new`, JSON.stringify({rss, heapUsed, external, resources, files}));
  renameSync(`${file}.new`, file);
};
if (file !== undefined) process.on('SIGUSR2', report);
