import type {CommandStep} from '../model/event.ts';
import {toFailure, type Failure} from '../model/failure.ts';
import type {KubeletReply, KubeletRoute} from '../nodes/node.ts';
import type {Action, CommandContext} from './command.ts';

const path = '/debug/flags/v';

/** The verbosity that a text names, or why it is none; klog's own levels end at 10. */
export function parseVerbosity(text: string): number | null {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) <= 20 ? Number(text) : null;
}

/**
 * Sets the verbosity of the running kubelet, without a restart. It holds until the process ends, and neither `/configz`
 * nor `/flagz` tell it (`k8s.io/apiserver/pkg/server/routes/flags.go`).
 */
export function verbosityAction(level: number): Action<'verbosity'> {
  return {
    name: 'verbosity',
    needsNoShell: true,
    question: (node) => ({
      text: `Set the verbosity of the kubelet on ${node.name} to ${level}?`,
      commands: [`PUT ${path}  with the body ${level}, to the kubelet's HTTPS`],
      warning: 'Until its next start; for good: ktop flags --set v=…',
    }),
    run: (context) => setVerbosity(context, level),
  };
}

async function* setVerbosity({openRoute, signal}: CommandContext, level: number): AsyncGenerator<CommandStep> {
  const tried = `PUT ${path}`;
  yield {kind: 'started', line: `${tried} ${level}`};
  let route: KubeletRoute | null = null;
  try {
    route = (await openRoute?.(signal)) ?? null;
    const reply = await route?.put?.(path, String(level), {signal});
    if (reply?.status === 200) {
      yield {kind: 'done', line: `verbosity ${level}, until the kubelet's next start`, verbosity: level};
    } else yield {kind: 'failed', failure: reply === undefined ? noWay(tried) : refusal(reply, tried, level)};
  } catch (error) {
    yield {kind: 'failed', failure: toFailure(error, tried)};
  } finally {
    await route?.close();
  }
}

const noWay = (tried: string): Failure => ({tried, problem: 'this way to the kubelet only reads', next: null});

function refusal({status, body, denied}: KubeletReply, tried: string, level: number): Failure {
  if (denied) return denied;
  const next = `ktop flags --set v=${level} … (restarts it)`;
  // Without the handlers the path is not there at all (404), or says itself that it is disabled (405).
  if (status === 404 || status === 405) {
    const problem = `${status}: this kubelet has the path turned off (enableDebuggingHandlers or enableDebugFlagsHandler is false)`;
    return {tried, problem, next};
  }
  return {tried, problem: `${status}: ${body.trim().slice(0, 300)}`, next: null};
}
