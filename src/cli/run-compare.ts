import {compareSides} from '../model/compare/compare.ts';
import {Gatherer} from '../model/compare/gather.ts';
import type {Side} from '../model/compare/side.ts';
import {comparisonJson, comparisonMarkdown, comparisonTable} from '../model/compare/text.ts';
import {describeFailure, FailureError, toFailure} from '../model/failure.ts';
import {recordingMeta, replay} from '../sources/recording/replay.ts';
import {complain, printJson, printText} from '../terminal/print.ts';
import type {SplitAt} from './split-at.ts';
import {splitMoment} from './split-moment.ts';

export interface CompareRequest {
  /** One recording or two. */
  readonly dirs: readonly [string, ...string[]];
  /** Where one recording is split; null with two. */
  readonly at: SplitAt | null;
  readonly output: 'table' | 'markdown' | 'json';
}

/** Compares two recordings, or two parts of one. Resolves with the exit code: 0, also where they differ. */
export async function runCompare({dirs, at, output}: CompareRequest): Promise<number> {
  try {
    const [first, second] = dirs;
    const [a, b] =
      second === undefined || at !== null ? await partsOf(first, at) : [await sideOf(first), await sideOf(second)];
    const comparison = compareSides(a, b);
    if (output === 'json') printJson(comparisonJson(comparison));
    else printText((output === 'markdown' ? comparisonMarkdown : comparisonTable)(comparison));
    return 0;
  } catch (error) {
    complain(describeFailure(toFailure(error, `compare ${dirs.join(' and ')}`)));
    return 2;
  }
}

async function sideOf(dir: string): Promise<Side> {
  const gatherer = new Gatherer();
  const {node} = await recordingMeta(dir);
  const heard = replay(dir, complain, ({path, sentAt, receivedAt}) => gatherer.exchanged(path, sentAt, receivedAt));
  for await (const event of heard) gatherer.apply(event);
  return gatherer.side(dir, node);
}

async function partsOf(dir: string, at: SplitAt | null): Promise<readonly [Side, Side]> {
  if (at === null) {
    const next = `ktop compare ${dir} OTHER, or: ktop compare ${dir} --at restart`;
    throw new FailureError({tried: `compare ${dir}`, problem: 'there is nothing to compare it with', next});
  }
  const splitMs = await splitMoment(dir, at);
  const gatherer = new Gatherer();
  const {node} = await recordingMeta(dir);
  const before: Side[] = [];
  const heard = replay(dir, complain, ({path, sentAt, receivedAt}) => {
    if (before.length === 0 && sentAt >= splitMs) before.push(gatherer.cut(`${dir} before`, node));
    gatherer.exchanged(path, sentAt, receivedAt);
  });
  for await (const event of heard) gatherer.apply(event);
  const [a] = before;
  if (a !== undefined) return [a, gatherer.side(`${dir} after`, node)];
  const problem = 'the recording ends before that moment';
  throw new FailureError({tried: `split ${dir}`, problem, next: `ktop recordings ${dir}`});
}
