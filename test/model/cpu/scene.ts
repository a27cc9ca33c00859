import type {Sample} from '../../../src/model/event.ts';
import {CpuPaneModel} from '../../../src/model/cpu/cpu-pane-model.ts';
import {SampleMarks} from '../../../src/model/sample-marks.ts';
import {noResources} from '../../../src/model/selection/pod-facts.ts';
import {parsePodQuery, type PodQuery} from '../../../src/model/selection/pod-query.ts';
import {localMs} from '../../../src/model/time.ts';
import {noon, poll, sample} from './sample.ts';

export function paneModelOf(query: Partial<PodQuery>): CpuPaneModel {
  const selection = parsePodQuery({pods: [], labels: null, containers: [], top: null, ...query});
  if ('problem' in selection) throw new Error(selection.problem);
  return new CpuPaneModel(selection);
}

/**
 * Five minutes of a small node, polled each second: `web` works in waves and has a limit, `db` idles and starts anew
 * after three minutes, and `kubelet` is there too. Samples come every 12 s, each target's at its own moment.
 */
export function playScene(model: CpuPaneModel, seconds = 300): void {
  const usage = {web: 0, db: 0, kubelet: 0};
  let told: Sample[] = [];
  const marks = new SampleMarks();
  for (let s = 0; s <= seconds; s++) {
    usage.web += 250 + 150 * Math.sin(s / 25);
    usage.db = s === 180 ? 0 : usage.db + 20;
    usage.kubelet += 60;
    const dbStarted = s < 180 ? -600 : 180;
    const fresh = [
      ...(s % 12 === 3
        ? [sample({atS: s - 0.2, pod: 'web', container: null, usageMs: usage.web, bytes: 64 * 2 ** 20})]
        : []),
      ...(s % 12 === 7
        ? [sample({atS: s - 0.4, pod: 'db', container: null, usageMs: usage.db, startedS: dbStarted, bytes: 2 ** 30})]
        : []),
      ...(s % 12 === 9
        ? [sample({atS: s - 0.1, namespace: '', pod: '', container: 'kubelet', usageMs: usage.kubelet})]
        : []),
    ];
    const names = fresh.map(({target}) => target.pod);
    told = [...told.filter(({target}) => !names.includes(target.pod)), ...fresh];
    model.apply({type: 'poll', poll: poll(s, marks.mark(told))});
  }
  model.apply({
    type: 'pods',
    at: localMs(noon),
    answer: {
      kind: 'pods',
      pods: [
        {
          namespace: 'default',
          name: 'web',
          uid: 'a',
          labels: {app: 'web'},
          containers: [{name: 'app', resources: {...noResources, requestNanoCores: 200e6, limitNanoCores: 500e6}}],
        },
      ],
    },
  });
}
