import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {describeOnNode} from './describe-on-node.ts';
import {docker} from './engine.ts';
import {startNode, stopNode, until} from './start-node.ts';

const inProject = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

describeOnNode('ktop on the node itself', () => {
  // As the terminal does it: to everything in the foreground at once, and as nobody can prepare for.
  test('leaves nothing running there after ctrl-C, with its pane closed, and killed', async () => {
    const node = await startNode({pods: []});
    try {
      await node.exec('mkdir', '/opt/ktop');
      for (const part of ['bin', 'dist', 'package.json'])
        await docker('cp', inProject(part), `${node.name}:/opt/ktop/`);
      const left = () => node.exec('sh', '-c', 'pgrep -af "[j]ournalctl --follow|ktop[-]exit|[k]top.js" || true');
      const ways = ['root', 'docker'].flatMap((user) =>
        ['INT', 'HUP', 'KILL'].map((signal) => [user, signal] as const),
      );
      // `docker` is let in by sudo: what it starts belongs to root.
      for (const [user, signal] of ways) {
        const ktop = '/opt/ktop-test/node /opt/ktop/bin/ktop.js --via local --node "$2" --output jsonl >/dev/null 2>&1';
        const script = `set -m; ${ktop} & until pgrep -f "[j]ournalctl --follow" >/dev/null; do sleep 0.1; done; kill -$1 -$!`;
        await node.exec('runuser', '-u', user, '--', 'bash', '-c', script, 'bash', signal, node.name);
        await until(`all of ${user} is gone after ${signal}`, async () => (await left()) === '', 10_000);
      }
    } finally {
      await stopNode(node);
    }
  });

  test('needs only the name: follows the journal there and reads the kubelet with the certificate that lies there', async () => {
    const node = await startNode();
    try {
      await node.exec('mkdir', '/opt/ktop');
      for (const part of ['bin', 'dist', 'package.json'])
        await docker('cp', inProject(part), `${node.name}:/opt/ktop/`);
      await node.writeFile('/etc/ktop-token', node.token);
      const ktop =
        'KTOP_TOKEN=$(cat /etc/ktop-token) /opt/ktop-test/node /opt/ktop/bin/ktop.js --node "$1" --output jsonl';
      // Ends with the first answer of the kubelet: by then everything was reached.
      const said = await node.exec('sh', '-c', `${ktop} --for 60s | sed '/"type":"route"/q'`, 'ktop', node.name);
      expect(said).toMatch(/"type":"node".*"provider":"local"/);
      expect(said).toContain('"label":"direct, certificate pinned"');
      expect(said).toMatch(/"type":"journal".*Started kubelet/);
      const left = () => node.exec('sh', '-c', 'pgrep -af "journalctl --[f]ollow" || true');
      await until('its journalctl is gone', async () => (await left()) === '', 10_000);
    } finally {
      await stopNode(node);
    }
  });
});
