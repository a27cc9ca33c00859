import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {fetchProfile, profileName, type ProfileKind} from '../../src/commands/profile.ts';
import {localMs} from '../../src/model/time.ts';
import {deniedFailure} from '../../src/nodes/kube/rights.ts';
import type {KubeletReply, KubeletRoute} from '../../src/nodes/node.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ktop-profile-'));
});
afterEach(() => rmSync(dir, {recursive: true}));

/** A gzip header and what is no UTF-8. */
const profile = Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0xff, 0xfe, 0x80, 10]);

function routeWith(reply: Partial<KubeletReply>, asked: string[] = []): KubeletRoute {
  return {
    kind: 'direct',
    label: 'direct, certificate pinned',
    warning: null,
    get: (path) => {
      asked.push(path);
      return Promise.resolve({status: 200, body: '', sentAt: localMs(0), receivedAt: localMs(0), ...reply});
    },
    close: () => Promise.resolve(),
  };
}

async function fetched(route: KubeletRoute, kind: ProfileKind, path: string): Promise<string[]> {
  const steps: string[] = [];
  for await (const step of fetchProfile(route, {kind, seconds: 3, path}, new AbortController().signal))
    steps.push(step);
  return steps;
}

it('keeps the bytes of each kind as they are, for their owner, and names what opens them', async () => {
  const asked: string[] = [];
  for (const [kind, opener] of [
    ['cpu', 'pprof'],
    ['heap', 'pprof'],
    ['goroutine', 'pprof'],
    ['trace', 'trace'],
  ] as const) {
    const path = join(dir, `my ${kind}`);
    const steps = await fetched(routeWith({bytes: profile}, asked), kind, path);
    expect(steps.at(-1)).toContain(`go tool ${opener} '${path}'`);
    expect(new Uint8Array(readFileSync(path))).toEqual(profile);
    expect(statSync(path).mode & 0o077).toBe(0);
  }
  const pprof = '/debug/pprof';
  expect(asked).toEqual([
    `${pprof}/profile?seconds=3`,
    `${pprof}/heap`,
    `${pprof}/goroutine`,
    `${pprof}/trace?seconds=3`,
  ]);
});

it('writes over nothing, and through no link', async () => {
  const path = join(dir, 'there');
  writeFileSync(path, 'precious');
  symlinkSync(path, join(dir, 'link'));
  for (const name of ['there', 'link']) {
    await expect(fetched(routeWith({bytes: profile}), 'cpu', join(dir, name))).rejects.toThrow('left alone');
  }
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

it('says which right is missing, or that the handlers are off, and leaves no file', async () => {
  const forbidden = {status: 403, body: 'Forbidden (user=u, verb=get, resource=nodes, subresource=proxy)'};
  const denied = deniedFailure(forbidden, 'GET https://n:10250/debug/pprof/heap', 'bearer token');
  const path = join(dir, 'p');
  await expect(fetched(routeWith({...forbidden, denied}), 'heap', path)).rejects.toThrow('nodes/proxy');
  await expect(fetched(routeWith({status: 405, body: 'Debug endpoints are disabled.'}), 'cpu', path)).rejects.toThrow(
    'debugging handlers are off (405)',
  );
  expect(existsSync(path)).toBe(false);
});

it('names its file after the node, whatever that is called', () => {
  const now = new Date(2026, 0, 2, 3, 4, 5);
  expect(profileName('../../etc/x y', 'trace', now)).toBe('ktop-..-..-etc-x-y-20260102-030405.trace.out');
});
