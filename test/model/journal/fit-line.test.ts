import {describe, expect, it} from 'vitest';
import type {JournalEntry} from '../../../src/model/event.ts';
import {fitLine} from '../../../src/model/journal/fit-line.ts';
import {formatLine} from '../../../src/model/journal/format-line.ts';
import {compilePattern} from '../../../src/model/journal/pattern.ts';
import {spansWidth} from '../../../src/model/draw/span.ts';
import {nodeMs} from '../../../src/model/time.ts';

const probe =
  'W1128 03:45:02.229049    4612 prober.go:107] "Probe failed" probeType="Readiness" pod="default/web-7d9f8c6b5-x7k2p" ' +
  'podUID="76745c7f-bca6-41e8-9fbe-56c73a52cb26" containerName="app" output="Get \\"http://10.244.1.5:8080/healthz\\"" ' +
  'probeResult="failure" attempt=3';

const patternOf = (source: string | null) => {
  const compiled = source === null ? null : compilePattern(source);
  if (compiled?.ok === false) throw new Error(compiled.problem);
  return compiled?.pattern ?? null;
};

function shown(message: string, room: number, grep: string | null = null, search: string | null = null): string {
  const at = {cursor: 'c', at: nodeMs(0), unit: 'kubelet.service', identifier: 'kubelet', pid: 1, priority: 6};
  const entry: JournalEntry = {...at, message};
  const layout = {narrow: true, units: false, grep: patternOf(grep), search: patternOf(search)};
  const {body, keys} = formatLine(entry, layout);
  const fitted = fitLine(body, keys, room);
  expect(spansWidth(fitted)).toBeLessThanOrEqual(room);
  return fitted.map(({text}) => text).join('');
}

describe('a line that is longer than the pane', () => {
  it('loses its middle, and keeps the keys at its end whole', () => {
    expect(shown(probe, 90)).toBe(
      '"Probe failed" probeType="Readiness" pod="default/web-7d9f…probeResult="failure" attempt=3',
    );
    expect(shown(probe, 60)).toMatch(/^"Probe failed" .*…attempt=3$/);
    // With little room the name at the beginning is worth more.
    expect(shown(probe, 40)).toBe('"Probe failed" probeType="Readiness" po…');
    expect(shown('short', 70)).toBe('short');
  });

  it('keeps the cause at the end of an error', () => {
    const error = `E1128 03:45:02.229049    4612 a.go:1] failed to sync the pod: ${'because '.repeat(20)}: connection refused`;
    expect(shown(error, 60)).toMatch(/^failed to sync the pod: .*….*connection refused$/);
  });

  it.each(['podUID', '76745c7f', 'containerName="app"', 'healthz'])('shows the key that matched %s', (source) => {
    for (const room of [40, 60, 80, 120, 160]) {
      const text = shown(probe, room, source);
      expect(text).toContain(source);
      expect(text.startsWith('"Pro')).toBe(true);
    }
    expect(shown(probe, 90, '76745c7f')).toContain('podUID="76745c7f');
  });

  it('shows what was searched beside what the filter matched', () => {
    for (const room of [60, 80, 120]) {
      const text = shown(probe, room, 'x7k2p', 'healthz');
      expect(text).toContain('x7k2p');
      expect(text).toContain('healthz');
    }
  });

  it('fills just its room, whatever its width is', () => {
    for (const room of [24, 25, 31, 59, 97, 140]) {
      for (const source of [null, 'Readiness', 'default', 'app', 'failure', 'Get.*8080', 'attempt', '.*']) {
        expect(spansWidth([{text: shown(probe, room, source), tone: 'plain'}])).toBe(room);
      }
    }
    expect(shown(`wide ${'漢字'.repeat(60)} key=値`, 41).length).toBeGreaterThan(20);
  });
});
