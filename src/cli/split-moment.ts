import {type Failure, FailureError} from '../model/failure.ts';
import {recordingMeta, replay} from '../sources/recording/replay.ts';
import type {SplitAt} from './split-at.ts';

/** What is at the start of a recording was there before: nothing could be before it. */
const settledMs = 20_000;

/** The moment, by the clock of who recorded, in unix milliseconds. Rejects with a `FailureError` where there is none. */
export async function splitMoment(dir: string, at: SplitAt): Promise<number> {
  if (at.kind === 'moment') return at.atMs;
  if (at.kind === 'deploy') {
    const words = (await recordingMeta(dir)).reported;
    const deployed = words.findLast((word) => word.kind === 'command' && word.name === 'deploy');
    if (deployed !== undefined) return deployed.after;
    throw new FailureError(nothingOf(dir, at.kind));
  }
  let fromMs: number | null = null;
  let aheadMs = 0;
  let found: number | null = null;
  for await (const event of replay(dir, () => undefined)) {
    if (event.type === 'poll') fromMs ??= event.poll.sentAt;
    if (at.kind === 'clock' || at.kind === 'after') {
      if (fromMs === null) continue;
      return at.kind === 'after' ? fromMs + at.ms : clockMoment(fromMs, at);
    }
    if (event.type === 'clock') ({aheadMs} = event.offset);
    if (event.type !== 'kubelet-started' || fromMs === null) continue;
    if (event.at - aheadMs > fromMs + settledMs) found = event.at - aheadMs;
  }
  if (found !== null) return found;
  throw new FailureError(nothingOf(dir, at.kind));
}

function nothingOf(dir: string, kind: SplitAt['kind']): Failure {
  const problem = kind === 'deploy' ? 'no deploy was recorded in it' : 'there is no restart of the kubelet in it';
  return {tried: `split ${dir} at the last ${kind}`, problem, next: `ktop compare ${dir} --at +10m`};
}

/** The first such time of day after the start, by the local clock. */
function clockMoment(fromMs: number, {hours, minutes, seconds}: Extract<SplitAt, {kind: 'clock'}>): number {
  const day = new Date(fromMs);
  day.setHours(hours, minutes, seconds, 0);
  if (day.getTime() < fromMs) day.setDate(day.getDate() + 1);
  return day.getTime();
}
