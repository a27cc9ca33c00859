import {describe, expect, it} from 'vitest';
import {rowText} from '../../../src/model/draw/canvas.ts';
import {PollJoin} from '../../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../../src/sources/stats/summary.ts';
import {noon, seen} from './sample.ts';
import {paneModelOf} from './scene.ts';

const time = (atS: number) => new Date(noon + atS * 1_000).toISOString();

/** A summary of one pod `web`, whose CPU is as given. */
const summary = (cpu: unknown, namespaces = ['default']) =>
  JSON.stringify({
    pods: namespaces.map((namespace) => ({
      podRef: {name: 'web', namespace, uid: namespace},
      startTime: time(-600),
      containers: [],
      cpu,
    })),
  });
const good = (atS: number) => summary({time: time(atS), usageNanoCores: 1e8, usageCoreNanoSeconds: atS * 1e8 + 1e9});

/** What the pane shows after these answers, one each ten seconds, from their text on. */
function shown(...summaries: string[]): string {
  const model = paneModelOf({pods: ['web']});
  const join = new PollJoin();
  summaries.forEach((text, i) => {
    const at = seen(i * 10 + 1);
    const resource = text.startsWith('{') ? null : parseResourceMetrics(text);
    model.apply({type: 'poll', poll: join.join({sentAt: at, receivedAt: at, summary: parseSummary(text), resource})});
  });
  const now = seen(summaries.length * 10);
  const view = model.view({width: 90, height: 12}, {now, unicode: true, utcOffsetMs: 0});
  return [view.right, ...view.rows.map(rowText)].join('\n');
}

describe('an answer that is wrong', () => {
  it.each([
    ['no JSON', '{"pods": [', 'is not JSON'],
    ['an empty answer', '', 'is not JSON'],
    ['something else', 'null', 'is not an object'],
    ['a pod without a name', '{"pods": [{"cpu": {}}]}', 'an entry without a name was left out'],
    ['no time', summary({usageCoreNanoSeconds: 5}), 'has no readable time'],
    ['no counter', summary({time: time(20)}), 'web: no usageCoreNanoSeconds in the answer'],
    ['a counter that is text', summary({time: time(20), usageCoreNanoSeconds: 'NaN'}), 'no usageCoreNanoSeconds'],
  ])('of the kind "%s" is named, and the line goes on after it', (_, wrong, says) => {
    expect(shown(good(0), good(10), wrong)).toContain(says);
    expect(shown(good(0), good(10), wrong, good(30), good(40), good(50))).toMatch(/A web +100m/);
  });

  it.each([
    ['a counter that went back', summary({time: time(20), usageCoreNanoSeconds: 5})],
    ['a time in the future', summary({time: time(9e6), usageCoreNanoSeconds: 3e9})],
    ['a time before everything', summary({time: '0001-01-01T00:00:00Z', usageCoreNanoSeconds: 3e9})],
    ['a counter of 1e300', summary({time: time(20), usageCoreNanoSeconds: 1e300})],
  ])('with %s does no lasting harm', (_, wrong) => {
    expect(() => shown(good(0), good(10), wrong)).not.toThrow();
    const after = [30, 40, 50, 60, 70].map(good);
    expect(shown(good(0), good(10), wrong, ...after)).toMatch(/ NOW +AVG +MAX [^]*A web +100m +100m +100m /);
  });

  it('is told from one with two pods of one name', () => {
    const both = (atS: number) =>
      summary({time: time(atS), usageCoreNanoSeconds: atS * 2e8 + 1e9}, ['default', 'other']);
    expect(shown(both(0), both(10))).toMatch(/A default\/web +200m[^]*B other\/web +200m/);
  });
});
