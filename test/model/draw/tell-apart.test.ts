import {expect, test} from 'vitest';
import {tellApart} from '../../../src/model/draw/tell-apart.ts';
import {cellWidth} from '../../../src/model/draw/width.ts';

const cloud = (host: string) => `${host}.eu-central-1.compute.internal`;

test.each([
  ['names that fit stay', ['kind-worker', 'kind-worker2'], 12, ['kind-worker', 'kind-worker2']],
  [
    'a domain goes before a letter of the name',
    ['ip-10-0-3-7', 'ip-10-0-3-17'].map(cloud),
    14,
    ['ip-10-0-3-7', 'ip-10-0-3-17'],
  ],
  ['one that is alone, too', [cloud('ip-10-0-3-7')], 14, ['ip-10-0-3-7']],
  [
    'a domain that alone tells them apart stays',
    ['a.east.example', 'a.west.example'],
    10,
    ['a.eas…mple', 'a.wes…mple'],
  ],
  ['an address has none', ['ssh:root@10.0.0.100', '10.0.200.1'], 12, ['ssh:ro…0.100', '10.0.200.1']],
  [
    'where the middle differs, the beginning goes',
    ['pool-a-1-node', 'pool-b-1-node', 'pool-c-1-node'],
    9,
    ['…a-1-node', '…b-1-node', '…c-1-node'],
  ],
  ['wide letters are two cells', ['節点-東京-第一', '節点-東京-第二'], 8, ['節点… 一', '節点… 二']],
])('%s', (_, names, width, told) => {
  const shown = tellApart(names, width);
  expect(shown).toEqual(told);
  for (const name of shown) expect(cellWidth(name)).toBeLessThanOrEqual(width);
});

test('a hundred nodes of one pool have a hundred names in ten cells', () => {
  const names = Array.from({length: 100}, (_, i) => cloud(`ip-10-20-${30 + (i % 10)}-${i}`));
  expect(new Set(tellApart(names, 10)).size).toBe(100);
});
