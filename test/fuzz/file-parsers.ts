import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {completionOf} from '../../src/cli/complete.ts';
import {readNodeWord} from '../../src/nodes/node-words.ts';
import {buildProgram} from '../../src/cli/arguments.ts';
import {fromKubectl} from '../../src/cli/kubectl-plugin.ts';
import {connectionIn} from '../../src/cli/run-complete.ts';
import {bootId, journalTime} from '../../src/cli/journal-time.ts';
import {parseSplit} from '../../src/cli/split-at.ts';
import {splitMoment} from '../../src/cli/split-moment.ts';
import {unitNames} from '../../src/cli/unit-name.ts';
import {fetchProfile, profileName} from '../../src/commands/profile.ts';
import {BasicAuth} from '../../src/exporter/basic-auth.ts';
import {formatFor, writerFor} from '../../src/exporter/negotiate.ts';
import {NodeMetrics} from '../../src/exporter/node-metrics.ts';
import {Registry} from '../../src/exporter/registry.ts';
import {SeriesBudget} from '../../src/exporter/series-budget.ts';
import {readWebConfig} from '../../src/exporter/web-config.ts';
import {compareSides} from '../../src/model/compare/compare.ts';
import {Gatherer} from '../../src/model/compare/gather.ts';
import {comparisonJson, comparisonMarkdown, comparisonTable} from '../../src/model/compare/text.ts';
import {printableJson, safeLine, safeLines} from '../../src/model/draw/safe-text.ts';
import {backgroundFrom, backgroundOf} from '../../src/model/screen/background.ts';
import {TerminalInput} from '../../src/model/screen/terminal-input.ts';
import {maskSecrets} from '../../src/model/secrets.ts';
import {localMs} from '../../src/model/time.ts';
import {ApiServer} from '../../src/nodes/kube/api-server.ts';
import {secretToken} from '../../src/nodes/kube/api-token.ts';
import {proxyFor} from '../../src/nodes/kube/proxy.ts';
import {parseProxy} from '../../src/nodes/kube/proxy-tunnel.ts';
import {checkNodeName} from '../../src/nodes/node-name.ts';
import type {JournalEntry} from '../../src/model/event.ts';
import {JournalParser} from '../../src/sources/journal/parser.ts';
import {partOf} from '../../src/sources/recording/files.ts';
import {inspectRecording} from '../../src/sources/recording/inspect.ts';
import {Recorder} from '../../src/sources/recording/recorder.ts';
import {replay} from '../../src/sources/recording/replay.ts';
import {shrinkRecording} from '../../src/sources/recording/shrink.ts';
import {PollJoin} from '../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {noteAuthorization, withoutSecrets} from '../../src/util/secrets.ts';
import {Drawn, folder, never, type Parser} from './parser.ts';
import {parsed} from './parsed.ts';
import {samples} from './samples.ts';
import {fileSamples as own} from './file-samples.ts';

/** What is read of the user's files and words, of recordings, and of whoever asks the exporter. */
export const fileParsers: readonly Parser[] = [
  ['members of a recording', samples.exchanges, (text, bytes) => members(text, bytes)],
  ['what is recorded', samples.journalExport, (_, bytes) => recordedBack(bytes)],
  ['index of a recording', own.index, (text) => checked(text)],
  ['recordings that are shrunk', samples.exchanges, shrunk],
  ['names in a recording', own.files, (text) => partOf(text)],
  ['two that are compared', samples.exchanges, (text) => compared(text, samples.journalJson.join(''))],
  ['journals that are compared', samples.journalJson, (text) => compared(samples.exchanges[0], text)],
  ['where it is split', own.splits, split],
  ['metrics web config', own.webConfig, webConfig],
  ['who asks the exporter', own.authorizations, (text) => asked(text)],
  ['what the exporter tells', samples.metrics, exported],
  ['names of all nodes', samples.nodes, nodeNames],
  ['secret of the API server', own.secrets, secret],
  ['profile answers', own.profiles, (text, bytes) => profile(text, bytes)],
  ['proxy', own.proxies, proxy],
  ['words to complete', own.completions, completion],
  ['arguments of kubectl', samples.argumentLines, (text) => fromKubectl(text.split(' '))],
  ['times of the journal', own.times, (text) => [refusable(journalTime, text), refusable(bootId, text)]],
  ['unit name', own.units, (text) => refusable((one) => unitNames([one, 'b']), text)],
  ['input of the terminal', own.terminal, terminal],
  ['secrets in a text', own.secretTexts, secrets],
];

/** A refusal of the command line's is its answer. */
function refusable<T>(read: (text: string) => T, text: string): T | null {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'commander.invalidArgument') return null;
    throw error;
  }
}

const dir = join(folder, 'recording');

function recordingOf(contents: Readonly<Record<string, string | Uint8Array>>): string {
  rmSync(dir, {recursive: true, force: true});
  mkdirSync(dir);
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(dir, name), content);
  return dir;
}

const wholeMember = gzipSync(samples.exchanges[0]);

/** Members one behind the other, the last one cut or damaged. */
async function members(text: string, bytes: Buffer): Promise<number> {
  const last = gzipSync(text.slice(0, 100_000), {level: 1});
  const at = bytes.length % Math.max(1, last.length);
  const cut = bytes.length % 2 === 0 ? last.subarray(0, at) : Buffer.concat([last.subarray(0, at), bytes]);
  recordingOf({'polls.jsonl.gz': Buffer.concat([wholeMember, cut]), 'journal.jsonl': samples.journalJson.join('')});
  let events = 0;
  for await (const {type} of replay(dir, () => undefined)) events += type === 'poll' ? 1 : 0;
  return events;
}

/** Each line that is recorded comes back. */
async function recordedBack(bytes: Buffer): Promise<number> {
  const entries: JournalEntry[] = [];
  try {
    new JournalParser().push(bytes, entries);
  } catch {
    // What is no export is another's to tell.
  }
  rmSync(dir, {recursive: true, force: true});
  mkdirSync(dir);
  const recorder = new Recorder(dir, {node: 'n', startedMs: 1, maxBytes: null});
  recorder.onEvent({type: 'journal', entries});
  await recorder.close(2);
  let lines = 0;
  for await (const event of replay(dir, () => undefined)) lines += event.type === 'journal' ? event.entries.length : 0;
  if (lines !== entries.length) throw new Error(`${lines} of ${entries.length} lines come back`);
  return lines;
}

async function checked(index: string): Promise<unknown> {
  recordingOf({'polls.jsonl.gz': wholeMember, 'index.jsonl': index, 'meta.json': samples.meta[0]});
  const {problems} = await inspectRecording(dir, true);
  return new Drawn(problems.map((problem) => safeLine(problem)));
}

async function shrunk(text: string): Promise<unknown> {
  recordingOf({'polls.jsonl': text});
  const {before, after} = await shrinkRecording(dir, true);
  if (readdirSync(dir).some((name) => name.endsWith('.new'))) throw new Error('a draft is left behind');
  return [before, after];
}

async function compared(polls: string, journal: string): Promise<unknown> {
  recordingOf({'polls.jsonl': polls, 'journal.jsonl': journal});
  const gatherer = new Gatherer();
  for await (const event of replay(
    dir,
    () => undefined,
    ({path, sentAt, receivedAt}) => gatherer.exchanged(path, sentAt, receivedAt),
  ))
    gatherer.apply(event);
  const side = gatherer.side('a', 'n');
  const comparison = compareSides(side, side);
  const texts = [comparisonTable(comparison), comparisonMarkdown(comparison)].flatMap((text) => safeLines(text));
  return new Drawn([...texts, printableJson(comparisonJson(comparison)).trimEnd().replaceAll('\n', '')]);
}

async function split(text: string): Promise<unknown> {
  const at = refusable(parseSplit, text);
  if (at === null) return null;
  recordingOf({'polls.jsonl': samples.exchanges[0]});
  return splitMoment(dir, at);
}

function webConfig(text: string): Promise<unknown> {
  const path = join(folder, 'web.yml');
  writeFileSync(path, text);
  return readWebConfig(path);
}

const guarded = new BasicAuth(new Map([['scraper', '$2y$04$JDbucfj8/y0zaDSIU6mXY.IggrePXS0owL20GMIB.3CGxGmIPHW6e']]));

function asked(text: string): unknown {
  const [accept = '', authorization = ''] = text.split('\n');
  // A comparison takes as long as it shall: only what is none is asked here.
  const isBasic = /^Basic [A-Za-z0-9+/=]{1,512}$/i.test(authorization);
  return [formatFor(accept), isBasic ? null : guarded.check(authorization)];
}

/** Each line of the text format is a comment, empty, or a series with its figure. */
function exported(text: string): unknown {
  const now = () => localMs(1_795_464_480_000);
  const registry = new Registry(new SeriesBudget(1000));
  const node = text.slice(0, 60);
  const metrics = new NodeMetrics({node, budget: registry.budget, level: 'container', patterns: [], ticks: null, now});
  registry.add(metrics);
  const [sentAt, receivedAt] = [localMs(now() - 10), now()];
  const poll = new PollJoin().join({sentAt, receivedAt, summary: null, resource: parseResourceMetrics(text)});
  metrics.apply({type: 'poll', poll});
  for (const format of ['openmetrics', 'protobuf'] as const) registry.write(writerFor(format), now());
  const lines = registry.write(writerFor('text'), now()).toString().split('\n');
  const odd = lines.find((line) => !/^(?:#.*|[a-z_]+(?:\{.*\})? \S+)?$/s.test(line));
  if (odd !== undefined) throw new Error(`a line that is none: ${odd}`);
  return lines.length;
}

function serverSaying(text: string): ApiServer {
  const read = () => Promise.resolve(parsed(text));
  return Object.assign(Object.create(ApiServer.prototype) as ApiServer, {read});
}

async function nodeNames(text: string): Promise<unknown> {
  return (await serverSaying(text).nodeNames()).map(checkNodeName);
}

function secret(text: string): unknown {
  return secretToken(serverSaying(text), 'kube-system/monitoring').authorization();
}

async function profile(text: string, bytes: Buffer): Promise<unknown> {
  const path = join(folder, 'profile');
  rmSync(path, {force: true});
  const status = text.length % 3 === 0 ? 200 : 500;
  const reply = {status, body: text, bytes, sentAt: localMs(0), receivedAt: localMs(0)};
  const route = {
    ...{kind: 'direct' as const, label: '', warning: null, close: () => Promise.resolve()},
    get: () => Promise.resolve(reply),
  };
  const steps: string[] = [profileName(text, 'heap', new Date(0))];
  if (steps.some((name) => /[^\w.-]/.test(name) || name.length > 200)) throw new Error('a name that is no file name');
  for await (const step of fetchProfile(route, {kind: 'heap', seconds: 1, path}, never)) steps.push(step);
  return new Drawn(steps.map((step) => safeLine(step)));
}

function proxy(text: string): unknown {
  const [server = '', no_proxy = '', address = ''] = text.split('\n');
  const url = URL.canParse(server) ? new URL(server) : new URL('https://10.0.0.1:6443');
  return [proxyFor(url, {HTTPS_PROXY: address, no_proxy}), parseProxy(address, 'the test')];
}

const program = buildProgram(() => undefined, {});

function completion(text: string): unknown {
  const words = text.split(' ').slice(0, 100);
  return [completionOf(program, words), connectionIn(words, {}), words.map(readNodeWord)];
}

function terminal(text: string): unknown {
  const input = new TerminalInput();
  const half = text.length >> 1;
  const reads = [input.take(text.slice(0, half)), input.take(text.slice(half))];
  return [reads, backgroundOf(text), backgroundFrom(text)];
}

function secrets(text: string): unknown {
  noteAuthorization(`Basic ${Buffer.from('me:pass-of-the-fuzzer').toString('base64')}`);
  return [maskSecrets(text).length, withoutSecrets(text).includes('pass-of-the-fuzzer')];
}
