import {existsSync, readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {Poll} from '../../../src/model/event.ts';
import {SampleMarks, type UnmarkedSample} from '../../../src/model/sample-marks.ts';
import {localMs, nodeMs} from '../../../src/model/time.ts';

const traces = new URL('../../../../shared/traces/', import.meta.url);

export function traceExists(name: string): boolean {
  return existsSync(new URL(`${name}/polls.jsonl.gz`, traces));
}

interface Stats {
  readonly startTime: string;
  readonly cpu?: {readonly time: string; readonly usageNanoCores?: number; readonly usageCoreNanoSeconds?: number};
  readonly memory?: {readonly workingSetBytes?: number};
}

interface Summary {
  readonly pods: readonly (Stats & {
    readonly podRef: {readonly namespace: string; readonly name: string; readonly uid: string};
    readonly containers: readonly (Stats & {readonly name: string})[];
  })[];
}

/**
 * The polls of a recording, read in the plainest way and not by the program's own parsers: what the model draws is held
 * against what the kubelet said, by two readers.
 */
export function readTrace(name: string): Poll[] {
  const lines = gunzipSync(readFileSync(new URL(`${name}/polls.jsonl.gz`, traces)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const polls: Poll[] = [];
  const marks = new SampleMarks();
  let summary: Summary | undefined;
  for (const line of lines) {
    const exchange = JSON.parse(line) as {sent: number; received: number; path: string; status: number; body: unknown};
    if (exchange.status !== 200) continue;
    if (exchange.path.startsWith('/stats/summary')) {
      const body = exchange.body;
      summary = (typeof body === 'string' ? JSON.parse(body) : body) as Summary;
      continue;
    }
    if (summary === undefined) continue;
    const samples = marks.mark(samplesOf(summary, String(exchange.body)));
    polls.push({
      sentAt: localMs(exchange.sent * 1_000),
      receivedAt: localMs(exchange.received * 1_000),
      samples,
      problems: [],
    });
    summary = undefined;
  }
  return polls;
}

function samplesOf(summary: Summary, metrics: string): UnmarkedSample[] {
  const millis = new Map<string, number>();
  for (const [, labels = '', , at] of metrics.matchAll(
    /^(?:container|pod)_cpu_usage_seconds_total\{(.*)\} (\S+) (\d+)$/gm,
  )) {
    const value = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1] ?? '';
    millis.set(`${value('namespace')}/${value('pod')}/${value('container')}`, Number(at));
  }
  return summary.pods.flatMap((pod) =>
    [{...pod, name: null}, ...pod.containers].map((stats): UnmarkedSample => {
      const second = Date.parse(stats.cpu?.time ?? '');
      const exact = millis.get(`${pod.podRef.namespace}/${pod.podRef.name}/${stats.name ?? ''}`);
      const joined = exact !== undefined && Math.floor(exact / 1_000) * 1_000 === second;
      return {
        target: {namespace: pod.podRef.namespace, pod: pod.podRef.name, container: stats.name},
        at: nodeMs(joined ? exact : second),
        precision: joined ? 'ms' : 's',
        usageCoreNanoSeconds: stats.cpu?.usageCoreNanoSeconds ?? null,
        usageNanoCores: stats.cpu?.usageNanoCores ?? null,
        workingSetBytes: stats.memory?.workingSetBytes ?? null,
        fingerprint: '',
        startedAt: nodeMs(Date.parse(stats.startTime)),
        uid: pod.podRef.uid,
      };
    }),
  );
}
