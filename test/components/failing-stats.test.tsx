import {Box, renderToString} from 'ink';
import {expect, test} from 'vitest';
import {parseArguments} from '../../src/cli/arguments.ts';
import {CpuPane} from '../../src/components/cpu-pane.tsx';
import {HousekeepingPane} from '../../src/components/housekeeping-pane.tsx';
import {StatusLine} from '../../src/components/status-line.tsx';
import type {Event} from '../../src/model/event.ts';
import {emptyStatus, foldStatus, statsBanner} from '../../src/model/screen/status.ts';
import {statusMessage, statusParts} from '../../src/model/screen/status-text.ts';
import {localMs} from '../../src/model/time.ts';
import {createPaneModels} from '../../src/session/pane-models.ts';
import {followStats} from '../../src/sources/stats/follow-stats.ts';
import {resourcePath} from '../../src/sources/stats/poller.ts';

const t0 = Date.UTC(2026, 10, 23, 12);
const width = 90;

interface Answers {
  /** Of `/metrics/resource` and the summary, once the kubelet has worked for a minute. */
  readonly resource: string;
  readonly summary: {readonly status: number; readonly body: string};
}

const metrics = (pod: string, atMs: number) =>
  `pod_cpu_usage_seconds_total{namespace="n",pod="${pod}"} ${(atMs - t0) / 10_000 + 100} ${atMs}\n`;
const uncollected = 'resource_scrape_error 1\n';
const failing = {status: 500, body: 'Internal Error: failed to list pod stats'};
const cpu = (atMs: number) => ({time: new Date(atMs).toISOString(), usageCoreNanoSeconds: (atMs - t0) * 1e5 + 1e11});
const whole = (atMs: number) => ({
  status: 200,
  body: JSON.stringify({pods: [{podRef: {name: 'web', namespace: 'n', uid: 'u'}, cpu: cpu(atMs), containers: []}]}),
});

/** The panes and the status line as they are `untilS` after the start, of a kubelet that fails from second 60 on. */
async function screenOf(untilS: number, {resource, summary}: Answers): Promise<string> {
  const request = parseArguments(['--demo', '--pod', 'web'], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const models = createPaneModels(request.options);
  let status = emptyStatus;
  let nowMs = t0 + 3000;
  const now = () => localMs(nowMs);
  const tell = (event: Event) => {
    status = foldStatus(status, event);
    for (const model of Object.values(models)) model.apply(event);
  };
  const tick = () => t0 + Math.floor(Math.min(nowMs - t0, 60_000) / 12_000) * 12_000;
  const answer = (path: string) => {
    const isWell = nowMs - t0 < 60_000;
    if (path === resourcePath) return {status: 200, body: isWell ? metrics('web', tick()) : resource};
    return isWell ? whole(tick()) : summary;
  };
  const route = {
    ...{kind: 'direct' as const, label: 'direct', warning: null, close: () => Promise.resolve()},
    get: (path: string) => {
      const sentAt = now();
      nowMs += 10;
      return Promise.resolve({...answer(path), sentAt, receivedAt: now()});
    },
  };
  const ended = new AbortController();
  const sleep = (ms: number) => {
    nowMs += Math.min(ms, 1000);
    if (nowMs - t0 >= untilS * 1000) ended.abort();
    return Promise.resolve();
  };
  const openRoute = () => Promise.resolve(route);
  for await (const event of followStats({openRoute, pace: models.housekeeping, now, sleep}, ended.signal)) tell(event);
  const banner = statsBanner(status, now());
  const size = {width, height: 14};
  const drawn = renderToString(
    <Box flexDirection="column" width={width}>
      <CpuPane
        view={models.cpu.view({width, height: 13}, {now: now(), unicode: true, utcOffsetMs: 0})}
        {...{...size, banner, focused: false}}
      />
      <HousekeepingPane
        view={models.housekeeping.view({width, height: 13}, now(), true)}
        {...{...size, banner, focused: false}}
      />
      <StatusLine
        parts={statusParts(status, now(), models.housekeeping.offset)}
        message={statusMessage(status, now(), width)}
        {...{width, rows: 2, keys: []}}
      />
    </Box>,
    {columns: width},
  );
  return drawn;
}

test('figures that the kubelet could not collect stay and age, and both panes say why', async () => {
  const drawn = await screenOf(130, {resource: metrics('other', t0 + 60_000) + uncollected, summary: failing});
  expect(drawn).toContain('the kubelet could not collect all figures (resource_scrape_error 1)');
  expect(drawn).toMatch(/A web .* (?:1m1\d|8[0-4])s?\s*$/m);
  expect(drawn).toMatch(/web .*overdue by \S+ s \(the kubelet could not collect\)/);
  expect(drawn).not.toMatch(/ended|no such pod|busy node|no answer/);
});

test('a kubelet that collects nothing gives the other endpoint’s figures, and the pane says what is missing', async () => {
  const drawn = await screenOf(65, {resource: uncollected, summary: whole(t0 + 60_000)});
  expect(drawn).toMatch(/GET \/metrics\/resource: the kubelet could not collect the figures/);
  expect(drawn).toMatch(/A web .* 5s\s*$/m);
  expect(drawn).not.toMatch(/ended|no such pod|no answer/);
});

test('where neither endpoint has figures the kubelet is not called silent: what there was is shown with its age', async () => {
  const drawn = await screenOf(130, {resource: uncollected, summary: failing});
  expect(drawn).toMatch(/─ cpu .* no figures for (?:69|7\d) s/);
  expect(drawn).toMatch(/─ housekeeping .* no figures for (?:69|7\d) s/);
  expect(drawn).toMatch(/GET \/metrics\/resource: the kubelet could not collect the figures/);
  expect(drawn).toMatch(/A web .* (?:1m2\d|8[0-4])s?\s*$/m);
  expect(drawn).toContain('not seen: the kubelet gives no figures');
  expect(drawn).not.toMatch(/ended|no such pod|no answer|does not answer/);
});
