import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {describeOnNode} from './describe-on-node.ts';
import {
  breakKubelet,
  clearAll,
  clearReadOnly,
  healKubelet,
  ktop,
  restartMended,
  untilItWaits,
} from './kubelet-commands.ts';
import {startNode, stopNode, type TestNode} from './start-node.ts';

// What ktop says of a restart and of a clearing, beside what systemd and journald of a real machine did.
describeOnNode('the commands on a node', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode({pods: []});
  });
  afterAll(() => stopNode(node));
  afterEach(() => healKubelet(node));

  test('a kubelet that was flapping and is mended has been restarted', () => restartMended(node));

  test('one that still fails is quoted with what it says now', async () => {
    await breakKubelet(node, 'panic: the old error');
    await node.exec('systemctl', 'restart', 'kubelet');
    await untilItWaits(node);
    await breakKubelet(node, 'panic: the new error');
    const {code, said} = await ktop(node, 'restart');
    expect(said).toMatch(/panic: the new error \(the unit is activating \(auto-restart\)/);
    expect(code).toBe(1);
  });

  test('clearing leaves nothing of before, and says so', () => clearAll(node));

  test('a journal that may not be written is not cleared, and that is said', () => clearReadOnly(node));
});
