import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';

/** When the recording begins, in seconds of unix time. */
export const startS = 1_795_464_000;
const lengthS = 120;
/** When its kubelet is restarted, in seconds from its beginning. */
export const restartS = 67;

/** Writes two minutes into a folder: a tick each 12 s, a line each 5 s, a match in every third of them, and a restart of the kubelet. */
export function record(dir: string): void {
  const polls = Array.from({length: lengthS / 2}, (_, i) => {
    const at = startS + 2 * i;
    const tick = at - (at % 12) - 0.5;
    const value = `${(tick - startS) / 4 + 100} ${tick * 1000}`;
    const body = `container_cpu_usage_seconds_total{container="load",namespace="default",pod="cpuload"} ${value}
pod_cpu_usage_seconds_total{namespace="default",pod="cpuload"} ${value}
`;
    return JSON.stringify({sent: at - 0.01, received: at, path: '/metrics/resource', status: 200, body});
  });
  const lines = Array.from({length: lengthS / 5}, (_, i) => {
    const message = `I1128 00:00:00.000000       1 kubelet.go:1] "${i % 3 === 0 ? 'needle' : 'hay'} number ${i}"`;
    const at = `${(startS + 5 * i + 0.5) * 1e6}`;
    const unit = {_SYSTEMD_UNIT: 'kubelet.service', SYSLOG_IDENTIFIER: 'kubelet', PRIORITY: '6'};
    return JSON.stringify({__CURSOR: `i=${i}`, __REALTIME_TIMESTAMP: at, ...unit, MESSAGE: message});
  });
  const told = [{after: startS + restartS, kubeletStarted: startS + restartS}];
  writeFileSync(join(dir, 'polls.jsonl'), polls.map((line) => `${line}\n`).join(''));
  writeFileSync(join(dir, 'journal.jsonl.gz'), gzipSync(lines.map((line) => `${line}\n`).join('')));
  const meta = {version: 2, node: 'kind-worker', started: startS, ended: startS + lengthS};
  writeFileSync(
    join(dir, 'meta.json'),
    JSON.stringify({...meta, told: [{after: startS - 1, clock: {ahead: 0, uncertainty: 0.01}}, ...told]}),
  );
}
