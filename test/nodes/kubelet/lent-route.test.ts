import {expect, test} from 'vitest';
import {localMs} from '../../../src/model/time.ts';
import {LentRoute} from '../../../src/nodes/kubelet/lent-route.ts';
import type {KubeletRoute} from '../../../src/nodes/node.ts';

const {signal} = new AbortController();

/** Opens routes with numbers, and keeps what became of them. */
function opening() {
  const told: string[] = [];
  let opened = 0;
  const open = (): Promise<KubeletRoute> => {
    const number = ++opened;
    return Promise.resolve({
      kind: 'direct',
      label: `route ${number}`,
      warning: null,
      get: (path: string) => {
        told.push(`${number}: GET ${path}`);
        return Promise.resolve({status: 200, body: '', sentAt: localMs(0), receivedAt: localMs(0)});
      },
      close: () => Promise.resolve(void told.push(`${number}: closed`)),
    });
  };
  return {open, told};
}

test('what is asked beside the polls goes over their route, and does not close it', async () => {
  const {open, told} = opening();
  const lent = new LentRoute(open);
  const polls = await lent.open(signal);
  const borrowed = await lent.borrow(signal);
  await borrowed.get('/pods');
  await borrowed.close();
  await polls.get('/metrics/resource');
  expect(told).toEqual(['1: GET /pods', '1: GET /metrics/resource']);
});

test('while the polls have none a borrower opens and closes its own', async () => {
  const {open, told} = opening();
  const lent = new LentRoute(open);
  await (await lent.open(signal)).close();
  const own = await lent.borrow(signal);
  await own.get('/pods');
  await own.close();
  expect(told).toEqual(['1: closed', '2: GET /pods', '2: closed']);
});
