import {expect, test} from 'vitest';
import {proxyFor} from '../../../src/nodes/kube/proxy.ts';

const proxy = 'http://proxy.test:3128';
const isProxied = (server: string, exempt: string) =>
  proxyFor(new URL(server), {HTTPS_PROXY: proxy, NO_PROXY: exempt}) === proxy;

test.each([
  ['*', 'https://a.test', false],
  ['a.test', 'https://a.test:6443', false],
  ['a.test', 'https://b.a.test', false],
  ['a.test', 'https://ba.test', true],
  ['.a.test', 'https://a.test', true],
  ['.a.test', 'https://b.a.test', false],
  ['*.a.test', 'https://a.test', true],
  ['*.a.test', 'https://b.a.test', false],
  ['A.TEST', 'https://a.test', false],
  ['a.test:6443', 'https://a.test:6443', false],
  ['a.test:6443', 'https://a.test', true],
  ['a.test:443', 'https://a.test', false],
  ['x, a.test', 'https://a.test', false],
  [':443', 'https://a.test', true],
  ['10.0.0.0/8', 'https://10.1.2.3:6443', false],
  ['10.0.0.0/8', 'https://11.1.2.3:6443', true],
  ['10.0.0.0/99', 'https://10.1.2.3', true],
  ['10.1.2.3:6443', 'https://10.1.2.3:6443', false],
  ['10.1.2.3:6443', 'https://10.1.2.3', true],
  ['fd00::/8', 'https://[fd00::1]:6443', false],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', false],
  ['fd00:0::1', 'https://[fd00::1]', false],
  ['', 'https://localhost:6443', false],
  ['', 'https://127.3.2.1:6443', false],
  ['', 'https://[::1]:6443', false],
  ['', 'https://a.test', true],
])('NO_PROXY "%s" and %s, as Go and so kubectl reads it', (exempt, server, through) => {
  expect(isProxied(server, exempt)).toBe(through);
});

test('the variables in capitals win, unless they are empty, and an address alone is an http proxy', () => {
  const url = new URL('https://a.test');
  expect(proxyFor(url, {HTTPS_PROXY: 'one:1', https_proxy: 'two:2'})).toBe('http://one:1');
  expect(proxyFor(url, {HTTPS_PROXY: '', https_proxy: 'two:2'})).toBe('http://two:2');
  expect(proxyFor(url, {HTTPS_PROXY: 'one:1', NO_PROXY: '', no_proxy: 'a.test'})).toBeNull();
});
