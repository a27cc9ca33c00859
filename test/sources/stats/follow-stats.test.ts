import {describe, expect, it} from 'vitest';
import type {Event} from '../../../src/model/event.ts';
import {FailureError} from '../../../src/model/failure.ts';
import {localMs} from '../../../src/model/time.ts';
import type {KubeletReply, KubeletRoute} from '../../../src/nodes/node.ts';
import {backOff, followStats} from '../../../src/sources/stats/follow-stats.ts';
import {backOffMs} from '../../../src/util/back-off.ts';
import {resourcePath, summaryPath} from '../../../src/sources/stats/poller.ts';

const t0 = 1_795_464_000_000;
const metrics = (tick: number) => `pod_cpu_usage_seconds_total{namespace="n",pod="p"} 2 ${tick}\n`;
const summary = JSON.stringify({pods: []});

/** A kubelet that answers what the test says, on a clock that only waiting moves. */
class Kubelet {
  nowMs = t0;
  opened = 0;
  /** Whether whoever follows it is woken before a wait is over. */
  woken = false;
  readonly asked: string[] = [];
  readonly waits: number[] = [];
  readonly timeouts: number[] = [];
  answer: (path: string) => {status: number; body: string} = (path) =>
    path === resourcePath ? {status: 200, body: metrics(t0 - 5000)} : {status: 200, body: summary};

  readonly route: KubeletRoute = {
    kind: 'direct',
    label: 'test',
    warning: null,
    close: () => Promise.resolve(),
    get: async (path, options): Promise<KubeletReply> => {
      this.asked.push(path);
      this.timeouts.push(options?.timeoutMs ?? 0);
      const sentAt = localMs(this.nowMs);
      this.nowMs += 10;
      return Promise.resolve({...this.answer(path), sentAt, receivedAt: localMs(this.nowMs)});
    },
  };

  /** Is away from the fifth request on, to the one of this number. */
  isAwayUntil(request: number): void {
    const working = this.answer;
    this.answer = (path) => {
      if (this.asked.length > 4 && this.asked.length < request) {
        throw new FailureError({tried: `GET ${path}`, problem: 'closed without response', next: null});
      }
      return working(path);
    };
  }

  /** How often whoever follows it wants the summary where nothing watched is new; null: as usual. */
  summaryEveryMs: number | null = null;
  isWatched = true;

  /** What stands between it and who follows it. */
  followed = this.route;

  /** Follows until `enough` says so. */
  async follow(enough: (events: readonly Event[]) => boolean): Promise<Event[]> {
    const ended = new AbortController();
    const events: Event[] = [];
    const source = followStats(
      {
        openRoute: () => {
          this.opened += 1;
          return Promise.resolve(this.followed);
        },
        pace: {
          delayMs: () => 1000,
          spent: () => undefined,
          watches: () => this.isWatched,
          summaryEveryMs: () => this.summaryEveryMs,
        },
        now: () => localMs(this.nowMs),
        random: () => 0.5,
        sleep: (ms) => {
          this.waits.push(ms);
          this.nowMs += this.woken ? ms / 4 : ms;
          return Promise.resolve();
        },
      },
      ended.signal,
    );
    for await (const event of source) {
      events.push(event);
      if (enough(events)) break;
    }
    return events;
  }
}

const polls = (events: readonly Event[]) => events.filter((event) => event.type === 'poll');
const states = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'stats-stream' ? [event.state.kind] : []));

describe('the stats source', () => {
  it('asks /metrics/resource alone while nothing watched has a new sample', async () => {
    const kubelet = new Kubelet();
    await kubelet.follow((events) => polls(events).length === 4);
    expect(kubelet.asked).toEqual([resourcePath, summaryPath, resourcePath, resourcePath, resourcePath]);
  });

  it('fetches the summary with a new sample, and now and then without one', async () => {
    const kubelet = new Kubelet();
    kubelet.answer = (path) =>
      path === resourcePath
        ? {status: 200, body: metrics(kubelet.asked.length > 7 ? t0 : t0 - 5000)}
        : {status: 200, body: summary};
    await kubelet.follow((events) => polls(events).length === 30);
    expect(kubelet.asked.filter((path) => path === summaryPath)).toHaveLength(3);
    expect(kubelet.asked.slice(7, 9)).toEqual([resourcePath, summaryPath]);
  });

  it('lets the new samples of some seconds share a summary', async () => {
    const kubelet = new Kubelet();
    kubelet.answer = (path) =>
      path === resourcePath ? {status: 200, body: metrics(kubelet.nowMs - 100)} : {status: 200, body: summary};
    await kubelet.follow((events) => polls(events).length === 30);
    expect(kubelet.asked.filter((path) => path === summaryPath)).toHaveLength(6);
  });

  it('asks for the summary of a node that nobody looks at as seldom as it is told', async () => {
    const kubelet = new Kubelet();
    kubelet.isWatched = false;
    kubelet.summaryEveryMs = 120_000;
    await kubelet.follow((events) => polls(events).length === 200);
    expect(kubelet.asked.filter((path) => path === summaryPath)).toHaveLength(2);
  });

  it('lives from one endpoint where the other is forbidden, and names the right', async () => {
    const kubelet = new Kubelet();
    const denied = {status: 403, body: 'Forbidden (user=u, verb=get, resource=nodes, subresource(s)=[metrics])'};
    kubelet.answer = (path) => (path === resourcePath ? denied : {status: 200, body: summary});
    const events = await kubelet.follow((all) => polls(all).length === 3);
    expect(states(events)).toEqual(['connecting', 'following']);
    expect(polls(events)[0]).toMatchObject({poll: {problems: [expect.stringContaining('nodes/metrics') as string]}});
    // The refused one is not asked again with every poll.
    expect(kubelet.asked.filter((path) => path === resourcePath)).toHaveLength(1);
  });

  it('fails with the missing right where both are forbidden', async () => {
    const kubelet = new Kubelet();
    kubelet.answer = () => ({
      status: 403,
      body: 'Forbidden (user=u, verb=get, resource=nodes, subresource(s)=[stats])',
    });
    const events = await kubelet.follow((all) => states(all).includes('reconnecting'));
    expect(events.at(-1)).toMatchObject({state: {failure: {next: expect.stringContaining('ktop access') as string}}});
  });

  it('comes back by itself after a restart: quickly at first, over a new route in the end', async () => {
    const kubelet = new Kubelet();
    kubelet.isAwayUntil(9);
    const events = await kubelet.follow((all) => states(all).filter((state) => state === 'following').length === 2);
    expect(states(events)).toEqual(['connecting', 'following', ...Array<string>(4).fill('reconnecting'), 'following']);
    expect(kubelet.waits.filter((ms) => ms !== 1000)).toEqual([200, 400, 800, 1600]);
    expect(kubelet.opened).toBe(2);
  });

  it('keeps the way and the pace where somebody asks it to try early', async () => {
    const kubelet = new Kubelet();
    kubelet.isAwayUntil(15);
    kubelet.woken = true;
    await kubelet.follow((all) => states(all).filter((state) => state === 'following').length === 2);
    expect(kubelet.waits.filter((ms) => ms !== 1000)).toEqual(Array<number>(10).fill(200));
    expect(kubelet.opened).toBe(1);
  });

  it.each([
    ['answers 500 for good', resourcePath, {status: 500, body: 'collected metric was collected before'}, 'collected'],
    ['could not collect', resourcePath, {status: 200, body: 'resource_scrape_error 1\n'}, 'could not collect'],
    ['answers 500 for good', summaryPath, {status: 500, body: 'Internal Error: failed to list pod stats'}, 'pod stats'],
    ['is unreadable', summaryPath, {status: 200, body: '<html>'}, 'not JSON'],
  ])('goes on with the other endpoint where one %s, and names the failure', async (_what, broken, reply, named) => {
    const kubelet = new Kubelet();
    const working = kubelet.answer;
    kubelet.answer = (path) => (path === broken ? reply : working(path));
    const events = await kubelet.follow((all) => polls(all).length === 5);
    expect(states(events)).toEqual(['connecting', 'following']);
    expect(polls(events).at(-1)).toMatchObject({poll: {problems: [expect.stringContaining(named) as string]}});
    expect(kubelet.asked.filter((path) => path === broken)).toHaveLength(1);
  });

  it('keeps the pods and says why where the kubelet cannot collect anything', async () => {
    const kubelet = new Kubelet();
    kubelet.answer = (path) =>
      path === resourcePath ? {status: 200, body: 'resource_scrape_error 1\n'} : {status: 500, body: 'Internal Error'};
    const events = await kubelet.follow((all) => states(all).filter((state) => state === 'reconnecting').length === 2);
    expect(polls(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      state: {failure: {problem: expect.stringContaining('could not collect') as string}},
    });
  });

  it('keeps the pods that lack in an answer which is not whole, and says that it is not', async () => {
    const kubelet = new Kubelet();
    const other = `pod_cpu_usage_seconds_total{namespace="default",pod="other"} 1 ${t0}\nresource_scrape_error 1\n`;
    const cpu = {time: new Date(t0).toISOString(), usageCoreNanoSeconds: 1e9};
    const podRef = {name: 'lacking', namespace: 'default', uid: 'u'};
    const whole = JSON.stringify({pods: [{podRef, cpu, containers: []}]});
    kubelet.answer = (path) => ({status: 200, body: path === resourcePath ? other : whole});
    const [first, second] = polls(await kubelet.follow((all) => polls(all).length === 2));
    const named = (event: Event | undefined) =>
      event?.type === 'poll' ? event.poll.samples.map(({target}) => target.pod) : [];
    expect(named(second)).toEqual(named(first));
    expect(new Set(named(second))).toEqual(new Set(['other', 'lacking']));
    expect(second).toMatchObject({poll: {problems: [expect.stringContaining('not collect all') as string]}});
  });

  it('says how to see the whole answer of a kubelet that fails, but first which right is missing', async () => {
    const kubelet = new Kubelet();
    const denied = {status: 403, body: 'Forbidden (user=u, verb=get, resource=nodes, subresource(s)=[stats])'};
    kubelet.answer = (path) => (path === resourcePath ? {status: 500, body: 'collected before'} : denied);
    const [failed] = (await kubelet.follow((all) => states(all).includes('reconnecting'))).slice(-1);
    expect(failed).toMatchObject({state: {failure: {next: expect.stringContaining('ktop access') as string}}});
    kubelet.answer = (path) =>
      path === resourcePath ? {status: 500, body: 'collected before'} : {status: 404, body: ''};
    const [lost] = (await kubelet.follow((all) => states(all).includes('reconnecting'))).slice(-1);
    expect(lost).toMatchObject({state: {failure: {next: expect.stringContaining('kubectl get --raw') as string}}});
  });

  it('goes on asking for the summary after the clock was set back', async () => {
    const kubelet = new Kubelet();
    kubelet.answer = (path) => {
      if (kubelet.asked.length === 8) kubelet.nowMs -= 3_600_000;
      return path === resourcePath ? {status: 200, body: metrics(t0 - 5000)} : {status: 200, body: summary};
    };
    await kubelet.follow((all) => polls(all).length === 60);
    expect(kubelet.asked.slice(8).filter((path) => path === summaryPath).length).toBeGreaterThanOrEqual(2);
  });

  it('ends without a word where it is called off in the middle of an answer', async () => {
    const ended = new AbortController();
    const failure = {tried: 'GET', problem: 'This operation was aborted', next: null};
    const openRoute = () => {
      ended.abort();
      return Promise.reject(new FailureError(failure));
    };
    const pace = {delayMs: () => 1000, spent: () => undefined, watches: () => true};
    const events: Event[] = [];
    for await (const event of followStats({openRoute, pace}, ended.signal)) events.push(event);
    expect(states(events)).toEqual(['connecting']);
  });

  it('calls a kubelet slow that answers after seconds, and gives it the time', async () => {
    const kubelet = new Kubelet();
    const working = kubelet.answer;
    kubelet.answer = (path) => {
      kubelet.nowMs += 6000;
      return working(path);
    };
    const events = await kubelet.follow((all) => polls(all).length === 4);
    expect(states(events)).toEqual(['connecting', 'following']);
    expect(events).toContainEqual(
      expect.objectContaining({
        state: expect.objectContaining({warning: 'slow: the kubelet answers in 6 s'}) as unknown,
      }),
    );
    expect(Math.min(...kubelet.timeouts)).toBeGreaterThanOrEqual(20_000);
  });

  it('makes polls of their own of answers that take seconds each, and one of quick ones', async () => {
    const kubelet = new Kubelet();
    const working = kubelet.answer;
    kubelet.answer = (path) => {
      kubelet.nowMs += 4000;
      return working(path);
    };
    const spans = polls(await kubelet.follow((all) => polls(all).length === 4)).map(
      ({poll}) => poll.receivedAt - poll.sentAt,
    );
    expect(Math.max(...spans)).toBe(4010);
    // The second half follows at once.
    expect(kubelet.asked.slice(0, 3)).toEqual([resourcePath, summaryPath, resourcePath]);
    expect(kubelet.waits).toHaveLength(2);
  });

  it('says of a poll of two answers when the first of them had shown its samples', async () => {
    const events = await new Kubelet().follow((all) => polls(all).length === 2);
    const moments = polls(events).map(({poll: {sentAt, shownAt, receivedAt}}) => [sentAt, shownAt, receivedAt]);
    expect(moments).toEqual([
      [t0, t0 + 10, t0 + 20],
      [t0 + 1020, undefined, t0 + 1030],
    ]);
  });

  it('counts no time into a poll in which its second request waited for another', async () => {
    const kubelet = new Kubelet();
    const {route} = kubelet;
    const begun: (number | undefined)[] = [];
    const get: KubeletRoute['get'] = (path, options) => {
      begun.push(options?.pollMs);
      // A look at the facts is let through first.
      if (path === summaryPath) kubelet.nowMs += 4000;
      return route.get(path, options);
    };
    kubelet.followed = {...route, get};
    const told = polls(await kubelet.follow((all) => polls(all).length === 2)).map(({poll}) => poll);
    expect(told.map(({sentAt, receivedAt}) => receivedAt - sentAt)).toEqual([10, 10]);
    expect((told[1]?.sentAt ?? 0) - (told[0]?.receivedAt ?? 0)).toBe(4000);
    // A recording can tell that they were asked for together; nothing was asked in between, and nobody slept.
    expect(begun).toEqual([begun[0], begun[0]]);
    expect(kubelet.waits).toEqual([]);
  });

  it('goes on with the quick half where the summary of a slow kubelet fails', async () => {
    const kubelet = new Kubelet();
    const working = kubelet.answer;
    kubelet.answer = (path) => {
      kubelet.nowMs += 4000;
      if (path === summaryPath)
        throw new FailureError({tried: path, problem: 'no answer', next: null, code: 'timeout'});
      return working(path);
    };
    const events = await kubelet.follow((all) => polls(all).length === 5);
    expect(states(events)).toEqual(['connecting', 'following']);
  });

  it('lives from the summary where /metrics/resource alone is never answered in time', async () => {
    const kubelet = new Kubelet();
    const working = kubelet.answer;
    kubelet.answer = (path) => {
      if (path !== resourcePath) return working(path);
      kubelet.nowMs += kubelet.timeouts.at(-1) ?? 0;
      throw new FailureError({tried: path, problem: 'no answer', next: null, code: 'timeout'});
    };
    const events = await kubelet.follow((all) => polls(all).length === 200);
    expect(states(events)).toEqual(['connecting', 'reconnecting', 'following']);
    // It is asked again now and then, and most of the time is not spent on waiting for it.
    const waited = kubelet.timeouts.filter((_, i) => kubelet.asked[i] === resourcePath);
    expect(waited.length).toBeGreaterThan(1);
    expect(waited.reduce((sum, ms) => sum + ms, 0)).toBeLessThan((kubelet.nowMs - t0) / 2);
  });

  it('never backs off for longer than a quarter above ten seconds', () => {
    expect(backOffMs(49, {...backOff, random: 1})).toBeLessThanOrEqual(12_500);
    expect(backOffMs(0, {...backOff, random: 0})).toBe(150);
  });
});
