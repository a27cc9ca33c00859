import type {Node} from './node.ts';
import {AmbiguousName, NodeError} from './node-error.ts';
import {checkNodeName} from './node-name.ts';
import type {NodeOptions} from './options.ts';
import type {Answer, Provider, Search, Silence} from './providers/provider.ts';
import {loadProvider, loadProviders} from './providers/registry.ts';

/**
 * Finds the node that the options name and works out how to run commands there. A node that exists but is down is found
 * all the same (its shell and its route then say what is wrong, until it is back). Rejects with a `NodeError`, whose
 * `kind` tells a wrong name from somebody who does not answer now; when the signal aborts it rejects at once.
 */
export async function findNode(options: NodeOptions, signal: AbortSignal = never): Promise<Node> {
  signal.throwIfAborted();
  const called = Promise.withResolvers<never>();
  const abort = () => called.reject(signal.reason);
  signal.addEventListener('abort', abort, {once: true});
  const finding = find(options, signal);
  try {
    return await Promise.race([finding, called.promise]);
  } catch (error) {
    // Whoever is still found has nobody who would close it.
    void finding.then((node) => node.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const never = new AbortController().signal;

async function find(options: NodeOptions, signal: AbortSignal): Promise<Node> {
  const {ssh, via} = options;
  if (ssh && via && via !== 'ssh') {
    const tried = `--ssh ${ssh} --via ${via}`;
    const problem = '--ssh goes with --via ssh only';
    throw new NodeError('bad-option', {tried, problem, next: `ktop --ssh ${ssh} …`});
  }
  const chosen = ssh ? 'ssh' : via;
  const asked = chosen ? [await loadProvider(chosen)] : await loadProviders();
  const needsName = !ssh && (!chosen || asked.some((provider) => provider.needsName));
  const name = options.node === '' && !needsName ? '' : checkNodeName(options.node);
  const search = {options, name, env: options.env ?? process.env, isChosen: Boolean(chosen), signal};

  const first = await ask(
    asked.filter((provider) => !provider.isLastResort || search.isChosen),
    search,
  );
  const found = settle(first, name);
  if (found !== null) return found.open(signal);
  // Nobody can run commands there; perhaps the cluster at least knows it.
  const last = search.isChosen
    ? {}
    : await ask(
        asked.filter((provider) => provider.isLastResort),
        search,
      );
  const known = settle(last, name);
  if (known !== null) return known.open(signal);
  throw await notFound(search, [...(first.silences ?? []), ...(last.silences ?? [])]);
}

async function ask(providers: readonly Provider[], search: Search): Promise<Answer> {
  const answers = await Promise.all(providers.map((provider) => provider.find(search)));
  return {
    findings: answers.flatMap(({findings = []}) => findings),
    spares: answers.flatMap(({spares = []}) => spares),
    silences: answers.flatMap(({silences = []}) => silences),
  };
}

/** The one that is meant, or null where nobody has it; several are for the user to choose from. */
function settle({findings = [], spares = []}: Answer, name: string) {
  const choices = findings.length > 0 ? findings : spares;
  if (choices.length > 1) throw new AmbiguousName(name, choices);
  return choices[0] ?? null;
}

async function notFound({name, options, signal}: Search, silences: readonly Silence[]): Promise<NodeError> {
  const tried = `find the node "${name}"`;
  const awaited = silences.filter((silence) => silence.rank === 'awaited');
  if (awaited[0] !== undefined) {
    const problem = awaited.map((silence) => silence.problem).join('; ');
    return new NodeError('not-now', {tried, problem, next: awaited[0].next});
  }
  const {listNodes} = await import('./list-nodes.ts');
  const nodes = (await listNodes(options, signal)).nodes.map((node) => node.name);
  const reported = silences.filter((silence) => nodes.length === 0 || silence.rank === 'spare');
  const problem = [nodesHere(nodes), ...reported.map((silence) => silence.problem)].join('; ');
  const next = nodes.length === 0 ? `ktop --ssh USER@HOST --node ${name} …` : `ktop --node ${nearest(name, nodes)} …`;
  return new NodeError('unknown', {tried, problem, next}, nodes);
}

const mostNamed = 20;

/** Which nodes there are, in a sentence; of many the first. */
export function nodesHere(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'there is no node here at all';
  const more = nodes.length > mostNamed ? ` and ${nodes.length - mostNamed} more` : '';
  return `the nodes here are ${nodes.slice(0, mostNamed).join(', ')}${more}`;
}

/** The name that shares the longest beginning with the mistyped one. */
function nearest(name: string, nodes: readonly string[]): string {
  const shared = (other: string) => {
    let length = 0;
    while (length < name.length && other[length] === name[length]) length += 1;
    return length;
  };
  return nodes.reduce((best, other) => (shared(other) > shared(best) ? other : best), nodes[0] ?? name);
}
