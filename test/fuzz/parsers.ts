import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {keyWishes} from '../../src/cli/config-file.ts';
import {parseConfig} from '../../src/cli/parse-config.ts';
import {Keymap} from '../../src/tui/keymap.ts';
import {parseArguments} from '../../src/cli/arguments.ts';
import {printableJson, safeLine, safeLines} from '../../src/model/draw/safe-text.ts';
import {sliceSpans, wrapSpans} from '../../src/model/draw/span.ts';
import {
  cellWidth,
  fit,
  sliceCells,
  truncate,
  truncateMiddle,
  wrapCells,
  wrapWords,
} from '../../src/model/draw/width.ts';
import {describeFailure, failureInRow} from '../../src/model/failure.ts';
import {formatDetail} from '../../src/model/journal/detail.ts';
import {formatLine} from '../../src/model/journal/format-line.ts';
import {klogHeader, pairsOf, parseJsonLog} from '../../src/model/journal/klog.ts';
import {parseMoment} from '../../src/model/journal/moment.ts';
import {compilePattern} from '../../src/model/journal/pattern.ts';
import {compileTickPattern} from '../../src/model/journal/tick-pattern.ts';
import {editLine, lineEdit} from '../../src/model/screen/line-edit.ts';
import {matchesGlob} from '../../src/model/selection/glob.ts';
import {matchesLabels, parseLabelSelector} from '../../src/model/selection/labels.ts';
import {parsePodQuery} from '../../src/model/selection/pod-query.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import type {JournalEntry} from '../../src/model/event.ts';
import {containers} from '../../src/nodes/exec/container-engine.ts';
import {readEnd} from '../../src/nodes/exec/remote-script.ts';
import {adminContext} from '../../src/nodes/kube/admin-conf.ts';
import {ApiServer} from '../../src/nodes/kube/api-server.ts';
import {execCredential} from '../../src/nodes/kube/exec-plugin.ts';
import {parseKubeconfig} from '../../src/nodes/kube/kubeconfig.ts';
import {pemProblem} from '../../src/nodes/kube/pem.ts';
import {replyProblem} from '../../src/nodes/kube/reply-problem.ts';
import {deniedFailure} from '../../src/nodes/kube/rights.ts';
import {servingIdentity} from '../../src/nodes/kubelet/serving-certificate.ts';
import {checkNodeName} from '../../src/nodes/node-name.ts';
import {listMinikube} from '../../src/nodes/providers/minikube-profiles.ts';
import {parseSshTarget, sshLauncher, sshProblem} from '../../src/nodes/providers/ssh-node.ts';
import {flagsOf} from '../../src/sources/facts/api-probe.ts';
import {parseFacts} from '../../src/sources/facts/kubelet-facts.ts';
import {parsePodList} from '../../src/sources/facts/pod-list.ts';
import {controllerOf, parseAutoscalers, parsePodMetrics} from '../../src/sources/pipeline/parse.ts';
import {entriesBetween, sameEntry} from '../../src/sources/journal/cursor.ts';
import {parseJournalJson} from '../../src/sources/journal/json-format.ts';
import {parseLines} from '../../src/sources/journal/log-query.ts';
import {JournalParser} from '../../src/sources/journal/parser.ts';
import {readExchange, readMeta} from '../../src/sources/recording/format.ts';
import {replay} from '../../src/sources/recording/replay.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats/summary.ts';
import {pressesOf} from '../../src/tui/keys/press.ts';
import {goDurationMs} from '../../src/util/go-duration.ts';
import {parseQuantity} from '../../src/util/quantity.ts';
import {fileParsers} from './file-parsers.ts';
import {nodeParsers} from './node-parsers.ts';
import {parsed} from './parsed.ts';
import {Drawn, folder, type Parser} from './parser.ts';
import {samples} from './samples.ts';

const said = join(folder, 'said');
/** A program of this name says what stands in the file `said`. */
const saying = (name: string): NodeJS.ProcessEnv => {
  writeFileSync(join(folder, name), `#!/bin/sh\ncat ${said}\n`);
  chmodSync(join(folder, name), 0o755);
  return {...process.env, PATH: `${folder}:${process.env.PATH ?? ''}`};
};
const [minikube, ssh] = [saying('minikube'), saying('ssh')];

const entry = (message: string): JournalEntry => ({
  ...{cursor: 's=1', at: nodeMs(0), pid: 1, priority: 6, unit: message.slice(0, 40), identifier: message.slice(0, 40)},
  message,
});
const joined = (rows: readonly (readonly {readonly text: string}[])[]) =>
  rows.map((row) => row.map((span) => span.text).join(''));
const grep = compilePattern('(?i)s[yn]+c|err');
const layout = {narrow: false, units: true, search: null, grep: grep.ok ? grep.pattern : null};
const words = (text: string) => text.split(' ').slice(0, 40);
const failing = (problem: string) => ({tried: problem.slice(0, 50), problem, next: problem.slice(0, 90)});

/** Every parser that reads what others wrote, a line each: its name, valid samples, and how it is called. */
export const parsers: readonly Parser[] = [
  ['journal export', samples.journalExport, (_, bytes) => pushed(bytes)],
  ['journal JSON', samples.journalJson, (text, bytes) => [parseJournalJson(text), pushed(bytes)]],
  ['journal lines', samples.journalLines, (text) => parseLines(text, 'kubelet', localMs(1_795_470_381_332))],
  ['cursors', samples.cursors, (text) => [sameEntry(text, 's=a;i=1'), entriesBetween('s=a;i=1', text)]],
  ['klog', samples.klog, (text) => [klogHeader(text), pairsOf(text.slice(0, 65_536), 0), parseJsonLog(text)]],
  ['a journal row', samples.klog, (text) => new Drawn(joined([formatLine(entry(text), layout).body]))],
  [
    'one journal line',
    samples.klog,
    (text) => new Drawn(joined(formatDetail(entry(text), new Map([[text, text]]), 80))),
  ],
  ['/stats/summary', samples.summary, (text) => parseSummary(text)],
  ['/metrics/resource', samples.metrics, (text) => parseResourceMetrics(text)],
  ['recorded exchange', samples.exchanges, (text) => text.split('\n').map(readExchange)],
  ['recording', samples.exchanges, recorded],
  ['recording meta', samples.meta, (text) => readMeta(text)],
  ['facts script', samples.facts, (text) => parseFacts(text, null)],
  ['/flagz', samples.flagz, (text) => flagsOf(text)],
  ['pods', samples.pods, (text) => parsePodList(text)],
  ['pipeline', samples.pipeline, (text) => [parsePodMetrics(text), parseAutoscalers(text), controllerOf(text)]],
  ['nodes', samples.nodes, (text) => apiNodes(text)],
  ['refusals', samples.statuses, (text) => refusals(text)],
  ['kubeconfig', samples.kubeconfig, (text) => parseKubeconfig(text, 'config')],
  ['admin.conf', samples.kubeconfig, adminConf],
  ['exec plugin', samples.execCredentials, plugin],
  ['PEM', samples.pem, (text) => [pemProblem(text, 'certificate'), pemProblem(text, 'key')]],
  ['certificates', samples.certificates, certificates],
  ['minikube profiles', samples.minikube, minikubeProfiles],
  ['docker inspect', samples.inspect, (text) => containers('docker', text)],
  ['ssh -G', samples.sshSettings, sshSettings],
  ['ssh problems', samples.sshProblems, (text) => new Drawn([describeFailure(sshProblemOf(text))])],
  ['ssh target', samples.sshTargets, (text) => parseSshTarget(text)],
  ['node name', samples.names, (text) => checkNodeName(text)],
  ['exit of a remote script', samples.remoteEnds, (text) => readEnd(text)],
  ['config file', samples.config, config],
  ['arguments', samples.argumentLines, (text) => parseArguments(words(text), {env: {}, config: null})],
  ['pattern', samples.patterns, pattern],
  ['tick pattern', samples.patterns, (text) => compileTickPattern(text.slice(0, 500))],
  ['pod query', samples.podQueries, (text) => podQuery(text)],
  ['glob', samples.podQueries, (text) => matchesGlob(text, 'web-'.repeat(60))],
  ['label selector', samples.selectors, (text) => selector(text)],
  ['duration', samples.durations, (text) => goDurationMs(text)],
  ['quantity', samples.quantities, (text) => parseQuantity(text)],
  ['moment', samples.moments, (text) => parseMoment(text, 0)],
  ['safe text', samples.drawn, (text) => new Drawn([safeLine(text), safeLine(text, 'show'), ...safeLines(text)])],
  ['widths', samples.drawn, widths],
  ['spans', samples.drawn, spans],
  ['failure in a row', samples.drawn, (text) => new Drawn([failureInRow(failing(text), 60)], 60)],
  ['line edit', samples.drawn, (text) => edited(text)],
  ['keys', samples.drawn, (text) => pressesOf(text, noKey)],
  ['JSON lines', samples.drawn, jsonLine],
  ...nodeParsers,
  ...fileParsers,
];

function pushed(bytes: Buffer): readonly JournalEntry[] {
  const parser = new JournalParser();
  const out: JournalEntry[] = [];
  const half = bytes.length >> 1;
  try {
    for (const chunk of [bytes.subarray(0, half), bytes.subarray(half)]) parser.push(chunk, out);
  } catch (error) {
    // What it declares.
    if (!(error instanceof Error && error.message.includes('not its export format'))) throw error;
  }
  return out;
}

async function recorded(text: string): Promise<number> {
  writeFileSync(join(folder, 'polls.jsonl'), text);
  writeFileSync(join(folder, 'journal.jsonl'), samples.journalJson.join('\n'));
  let events = 0;
  for await (const event of replay(folder, () => undefined)) events += event.type === 'poll' ? 1 : 0;
  return events;
}

async function apiNodes(text: string): Promise<unknown> {
  const read = () => Promise.resolve(parsed(text));
  const nodes: unknown = await Object.assign(Object.create(ApiServer.prototype) as ApiServer, {read}).nodes();
  return nodes;
}

function refusals(body: string): unknown {
  const problem = replyProblem({status: 500, body});
  const denied = deniedFailure({status: 403, body}, 'GET /', 'credential', 'context');
  return new Drawn([problem, ...(denied === null ? [] : [describeFailure(denied)])].map((line) => safeLine(line)));
}

async function adminConf(text: string): Promise<unknown> {
  writeFileSync(said, text);
  const script = `cat ${said}; printf '\\nktop-exit:0\\n' >&2`;
  const launcher = {
    title: 'docker exec kind',
    command: () => Promise.resolve(['sh', '-c', script] as const),
    explain: (tried: string, problem: string) => ({tried, problem, next: null}),
  };
  return adminContext(launcher, (port) => ({host: '127.0.0.1', port}));
}

async function plugin(text: string): Promise<unknown> {
  writeFileSync(said, text);
  const apiVersion = 'client.authentication.k8s.io/v1';
  const command = {apiVersion, command: 'cat', args: [said], env: {}, interactiveMode: null};
  const how = {...command, provideClusterInfo: true, installHint: null};
  const {contexts} = await parseKubeconfig(samples.kubeconfig[0], 'config');
  const [context] = contexts;
  if (context === undefined) throw new Error('the sample has a context');
  return execCredential(how, context, process.env).authorization();
}

async function certificates(text: string): Promise<unknown> {
  const run = () => Promise.resolve({exitCode: 0, stdout: text, stderr: ''});
  const never = () => {
    throw new Error('not asked for');
  };
  return servingIdentity({run, follow: never, copyIn: never});
}

async function minikubeProfiles(text: string): Promise<unknown> {
  writeFileSync(said, text);
  return listMinikube(minikube);
}

async function sshSettings(text: string): Promise<unknown> {
  writeFileSync(said, text);
  const {hostname, close} = await sshLauncher(parseSshTarget('me@host'), ssh);
  await close();
  return hostname;
}

const sshProblemOf = (text: string) => sshProblem('me@host', parseSshTarget('me@host'), 'ssh me@host cat', text);

function config(text: string): unknown {
  return ['config.json', 'config.yaml'].map((path) => {
    const read = parseConfig(path, text);
    Keymap.of(keyWishes(read).wishes);
    return parseArguments(['--demo'], {env: {}, config: read});
  });
}

function pattern(text: string): unknown {
  const compiled = compilePattern(text.slice(0, 500));
  const line = `${samples.klog[0]} ${text}`.slice(0, 20_000);
  return compiled.ok ? [compiled.pattern.test(line), compiled.pattern.ranges(line)] : compiled.problem;
}

function podQuery(text: string): unknown {
  const pods = words(text);
  return parsePodQuery({pods, labels: text, containers: pods.slice(0, 2), top: null});
}

function selector(text: string): unknown {
  const requirements = parseLabelSelector(text);
  return 'tried' in requirements ? requirements : matchesLabels(requirements, {app: 'web', [text]: text});
}

function widths(text: string): unknown {
  const safe = safeLine(text.slice(0, 100_000));
  const sum = Array.from(safe).reduce((cells, point) => cells + cellWidth(point), 0);
  if (sum !== cellWidth(safe)) throw new Error(`${cellWidth(safe)} cells, its characters ${sum}`);
  const rows = [truncate(safe, 40), truncateMiddle(safe, 40), fit(safe, 40), sliceCells(safe, 3, 43)];
  return new Drawn([...rows, ...wrapCells(safe, 40), ...wrapWords(safe, 40).map((line) => truncate(line, 40))], 40);
}

function spans(text: string): unknown {
  const row = safeLine(text.slice(0, 20_000))
    .split(' ')
    .map((word) => ({text: word, tone: 'plain' as const}));
  return new Drawn(joined([sliceSpans(row, 2, 42), ...wrapSpans(row, 40)]), 40);
}

function edited(text: string): unknown {
  let line = lineEdit(text.slice(0, 2000));
  const names = ['left', 'ctrl+w', 'home', 'delete', 'right', 'backspace', 'ctrl+k', 'end', text];
  for (const name of names) line = editLine(line, {name, text: name === text ? text : ''});
  return line;
}

function jsonLine(text: string): unknown {
  const line = printableJson(JSON.stringify({[text]: text}));
  const back: unknown = JSON.parse(line);
  if (typeof back !== 'object' || back === null || Reflect.get(back, text) !== text)
    throw new Error('not the same text');
  return new Drawn([line]);
}

const noKey = {
  ...{upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false},
  ...{home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false, backspace: false},
  ...{delete: false, meta: false, super: false, hyper: false, capsLock: false, numLock: false},
};
