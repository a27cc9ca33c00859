import {describeFailure, safeFailure, toFailure} from '../model/failure.ts';
import {ageWords} from '../model/draw/units.ts';
import {withNumber} from '../model/pipeline/acted-on.ts';
import type {PipelineFacts} from '../model/pipeline/facts.ts';
import {pipelineOf, stageValue, type Pipeline} from '../model/pipeline/stages.ts';
import {NodeError} from '../nodes/node-error.ts';
import type {Node} from '../nodes/node.ts';
import {Ending} from '../session/ending.ts';
import {PipelineLook} from '../sources/pipeline/look.ts';
import {complain, printJson, printLine, printText} from '../terminal/print.ts';
import {unixSeconds, unixSecondsOrNull} from '../util/unix-seconds.ts';
import {textTable} from './text-table.ts';

export interface PipelineOptions {
  /** The pod as the user names it. */
  readonly pod: string;
  readonly json: boolean;
}

/**
 * Prints the way of a pod's number to the autoscaler. Resolves with the exit code (0 where all stages are there, 1 where
 * one is missing, 2 where the pod or its node is), or with why there is no node.
 */
export async function runPipeline(
  {pod, json}: PipelineOptions,
  find: (signal: AbortSignal) => Promise<Node>,
): Promise<number | NodeError> {
  const ended = new AbortController();
  const ending = new Ending(null);
  const run = async (): Promise<number | NodeError> => {
    let node: Node | null = null;
    let look: PipelineLook | null = null;
    try {
      node = await find(ended.signal);
      look = new PipelineLook(node);
      const facts = await look.look(pod, ended.signal);
      const seen = 'found' in facts.metrics ? withNumber([], facts.metrics.found.at, facts.now) : [];
      const pipeline = pipelineOf(facts, seen);
      if (json) printJson(jsonOf(node.name, facts, pipeline));
      else printPipeline(node.name, facts, pipeline);
      return pipeline.stages.some(({failure}) => failure !== null) ? 1 : 0;
    } catch (error) {
      if (error instanceof NodeError) return error;
      if (!ended.signal.aborted) complain(describeFailure(toFailure(error, 'follow the number of a pod')));
      return 2;
    } finally {
      await look?.close();
      await node?.close();
    }
  };
  try {
    return await Promise.race([run(), ending.code]);
  } finally {
    ended.abort();
    ending.release();
  }
}

function printPipeline(node: string, {namespace, pod}: PipelineFacts, {stages, sum}: Pipeline): void {
  printLine(`${namespace}/${pod} on ${node}`);
  const rows = stages.map((stage) => [
    stage.name,
    stage.ageMs === null ? '–' : ageWords(stage.ageMs),
    stageValue(stage),
    stage.text,
  ]);
  printText(`\n${textTable([['STAGE', 'AGE', 'CPU', ''], ...rows])}\n`);
  printLine(sum);
}

/** Times are unix seconds by our clock, ages seconds. */
function jsonOf(node: string, facts: PipelineFacts, {stages, readMs, actedMs, lastActed, sum}: Pipeline): string {
  const {now, namespace, pod, metrics, owners, autoscalers} = facts;
  const document = {
    at: unixSeconds(now),
    node,
    namespace,
    pod,
    stages: stages.map(({name, ageMs, nanoCores, text, failure}) => ({
      name,
      ageSeconds: unixSecondsOrNull(ageMs),
      nanoCores,
      text,
      failure: failure === null ? null : safeFailure(failure),
    })),
    windowSeconds: 'found' in metrics ? unixSeconds(metrics.found.windowMs) : null,
    owners: 'found' in owners ? owners.found : null,
    autoscalers:
      'found' in autoscalers
        ? autoscalers.found.map(({lastScaleAt, ...one}) => ({...one, lastScaleAt: unixSecondsOrNull(lastScaleAt)}))
        : null,
    sum: {
      ageSeconds: unixSecondsOrNull(readMs),
      actedOnByAgeSeconds: unixSecondsOrNull(actedMs),
      lastActedOn:
        lastActed === null
          ? null
          : {leastSeconds: unixSeconds(lastActed.leastMs), mostSeconds: unixSecondsOrNull(lastActed.mostMs)},
      text: sum,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
