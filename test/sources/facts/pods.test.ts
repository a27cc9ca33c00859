import {describe, expect, it} from 'vitest';
import {localMs} from '../../../src/model/time.ts';
import type {Event} from '../../../src/model/event.ts';
import {parsePodList} from '../../../src/sources/facts/pod-list.ts';
import {podsPath, watchPods, type PodLookup} from '../../../src/sources/facts/pods.ts';

const web = {
  metadata: {namespace: 'default', name: 'web', uid: 'a', labels: {app: 'web', odd: 7}},
  spec: {
    containers: [
      {name: 'app', resources: {requests: {cpu: '250m', memory: '64Mi'}, limits: {cpu: '1', memory: '1Gi'}}},
      {name: 'bare'},
    ],
    initContainers: [{name: 'setup'}, {name: 'proxy', restartPolicy: 'Always', resources: {limits: {cpu: '50m'}}}],
  },
};

describe('a list of pods', () => {
  it('tells labels, requests and limits, sidecars among the containers', () => {
    expect(parsePodList(JSON.stringify({items: [web]}))).toEqual([
      {
        namespace: 'default',
        name: 'web',
        uid: 'a',
        labels: {app: 'web'},
        containers: [
          {
            name: 'app',
            resources: {requestNanoCores: 250e6, limitNanoCores: 1e9, requestBytes: 2 ** 26, limitBytes: 2 ** 30},
          },
          {
            name: 'bare',
            resources: {requestNanoCores: null, limitNanoCores: null, requestBytes: null, limitBytes: null},
          },
          {
            name: 'proxy',
            resources: {requestNanoCores: null, limitNanoCores: 50e6, requestBytes: null, limitBytes: null},
          },
        ],
      },
    ]);
  });

  it.each(['', '[]', '{"items": 3}', '{}', 'null', '{"items": ['])('%j is none', (text) => {
    expect(parsePodList(text)).toBeNull();
  });

  it('leaves out what has no name and survives what is odd', () => {
    const odd = [null, 1, {}, {metadata: {name: 'x'}}, {metadata: {namespace: 'a', name: 'b'}, spec: {containers: 5}}];
    expect(parsePodList(JSON.stringify({items: odd}))).toMatchObject([{name: 'b', containers: []}]);
    expect(parsePodList('{"items": null}')).toEqual([]);
  });
});

describe('asking for pods', () => {
  const replies = (...statuses: number[]): PodLookup & {asked: number} => ({
    tried: 'GET /pods',
    asked: 0,
    get() {
      const status = statuses[Math.min(this.asked++, statuses.length - 1)] ?? 500;
      if (status === 0) return Promise.reject(new Error('connection refused'));
      const body = status === 200 ? JSON.stringify({items: [web]}) : '';
      return Promise.resolve({status, body, sentAt: localMs(0), receivedAt: localMs(0)});
    },
  });

  async function first(count: number, lookups: PodLookup[], everyMs = 0): Promise<Event[]> {
    const aborter = new AbortController();
    const events: Event[] = [];
    for await (const event of watchPods({lookups, everyMs, now: () => localMs(0)}, aborter.signal)) {
      events.push(event);
      if (events.length === count) aborter.abort();
    }
    return events;
  }

  it('takes the next way where one is refused', async () => {
    const events = await first(1, [replies(403), replies(200)]);
    expect(events).toMatchObject([{type: 'pods', answer: {kind: 'pods', pods: [{name: 'web'}]}}]);
  });

  it('leaves alone who had no answer, as long as the next one has', async () => {
    const [refusing, silent, nobody] = [
      replies(403),
      replies(0),
      {tried: '', asked: 0, get: () => (nobody.asked++, Promise.resolve(null))},
    ];
    const kubelet = replies(200);
    const aborter = new AbortController();
    const lookups = [
      refusing,
      silent,
      nobody,
      {
        ...kubelet,
        get: (signal: AbortSignal) => {
          if (kubelet.asked === 3) aborter.abort();
          return kubelet.get(signal);
        },
      },
    ];
    for await (const event of watchPods({lookups, everyMs: 0}, aborter.signal)) expect(event.type).toBe('pods');
    expect([kubelet, refusing, silent, nobody].map(({asked}) => asked)).toEqual([4, 1, 1, 1]);
  });

  it('says once that it cannot know, and goes on asking after a fault', async () => {
    const lookup = replies(0, 0, 0, 500, 500, 200);
    const events = await first(3, [lookup]);
    expect(events.map((event) => (event.type === 'pods' ? event.answer : null))).toMatchObject([
      {kind: 'unknown', failure: {problem: 'connection refused'}},
      {kind: 'unknown', failure: {problem: 'answered with status 500'}},
      {kind: 'pods'},
    ]);
    expect(lookup.asked).toBe(6);
  });

  it('does not ask again soon where it has no right', async () => {
    const lookup = replies(403);
    const aborter = new AbortController();
    const events = watchPods({lookups: [lookup], everyMs: 0}, aborter.signal);
    await events.next();
    const waiting = events.next();
    aborter.abort();
    expect(await waiting).toEqual({value: undefined, done: true});
    expect(lookup.asked).toBe(1);
  });

  it('asks the API server for the pods of this node alone', () => {
    expect(podsPath('kind-worker')).toBe('/api/v1/pods?fieldSelector=spec.nodeName%3Dkind-worker&resourceVersion=0');
  });
});
