import {readJson} from './pods.ts';
import {loadFile, type LogLoad} from './pod-manifest.ts';

/** Logs numbered lines at a rate while the load file asks for it. Numbers go on over a restart of the kubelet. */
export function runLogLoad(
  log: (text: string) => void,
  counter: {read: () => number; write: (n: number) => void},
): void {
  let startedAtMs = 0;
  let startedFrom = 0;
  let next = 0;
  let active = '';
  const step = () => {
    const load = readJson<LogLoad>(loadFile);
    const key = JSON.stringify(load);
    if (key !== active) {
      active = key;
      next = startedFrom = counter.read();
      startedAtMs = Date.now();
    }
    if (load === null) {
      setTimeout(step, 200);
      return;
    }
    const due = startedFrom + Math.floor(((Date.now() - startedAtMs) * load.perSecond) / 1000);
    const upTo = Math.min(load.total, due);
    for (; next < upTo; next += 1) log(`"Numbered line" n=${next} of=${load.total}`);
    counter.write(next);
    setTimeout(step, next >= load.total ? 200 : 10);
  };
  step();
}
