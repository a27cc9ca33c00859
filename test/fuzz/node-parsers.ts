import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {clear} from '../../src/commands/clear.ts';
import {readUnit, UnitWatch} from '../../src/commands/unit-state.ts';
import {journalEnd, wordsIn} from '../../src/commands/last-words.ts';
import {readFlags} from '../../src/commands/flags/read-flags.ts';
import {lockNode} from '../../src/commands/node-lock.ts';
import {verbosityAction} from '../../src/commands/verbosity.ts';
import {lookAtNode} from '../../src/commands/deploy/look.ts';
import {elfHeadBytes, machineName, machineOf, readElf} from '../../src/model/deploy/elf.ts';
import {endOf, guardText} from '../../src/model/deploy/guard-log.ts';
import {readJobLine} from '../../src/model/job-log.ts';
import {listing, standing} from '../../src/model/deploy/listing.ts';
import {isLeft, readReport} from '../../src/model/deploy/node-report.ts';
import {placeOf, readPlace} from '../../src/model/deploy/place.ts';
import {safeLine} from '../../src/model/draw/safe-text.ts';
import {dropInText, ownSettings, parseSetting, staleness, withSettings} from '../../src/model/flags/drop-in.ts';
import {flagRows} from '../../src/model/flags/flag-rows.ts';
import {filteredRows, tableLines} from '../../src/model/flags/flag-table.ts';
import {configDirOrder, mergedSettings} from '../../src/model/flags/kubelet-config.ts';
import {execWord, readAssignments, readEnvironmentFile, splitWords} from '../../src/model/flags/systemd-words.ts';
import {commandLine, execStarts} from '../../src/model/flags/unit-files.ts';
import {localMs} from '../../src/model/time.ts';
import {cgroupFolders} from '../../src/model/truth/cgroup-paths.ts';
import {minikubeLogin} from '../../src/nodes/providers/minikube-login.ts';
import {readEntryFields} from '../../src/sources/journal/entry-fields.ts';
import {followJournal} from '../../src/sources/journal/follow-journal.ts';
import {ReaderLines} from '../../src/sources/truth/reader-script.ts';
import {Drawn, folder, never, nodeSaying, type Parser} from './parser.ts';
import {parsed} from './parsed.ts';
import {nodeSamples as samples} from './node-samples.ts';

/** What is read of what a node's programs and files say, when its kubelet is looked at or changed. */
export const nodeParsers: readonly Parser[] = [
  ['unit files', samples.unitFiles, unitFiles],
  ['words of systemd', samples.unitLines, (text) => [splitWords(text), readAssignments(text), execWord(text)]],
  ['environment file', samples.environment, (text) => readEnvironmentFile(text)],
  ['drop-in of our own', samples.unitFiles, (text) => ownSettings([{path: '/x/90-ktop.conf', text}])],
  ['flag setting', samples.unitLines, (text) => parseSetting(text)],
  ['command line of the kubelet', samples.commandLines, (text) => flagTable(text.split('\0'))],
  ['kubelet configuration', samples.kubeletConfigs, configuration],
  ['what the flags script prints', samples.flagsOutput, flags],
  ['what systemd says of the unit', samples.unitState, unitState],
  ['journal of a start', samples.startJournal, lastWords],
  ['who holds the lock', samples.locks, (text) => lockNode(nodeSaying(text), 'me', never)],
  ['answer of /debug/flags/v', samples.verbosity, verbosity],
  ['what journalctl removed', samples.vacuumed, cleared],
  ['boots of the node', samples.boots, followed],
  ['place of the kubelet', samples.place, place],
  ['what lies on the node', samples.report, report],
  ['looks before a deploy', samples.looks, look],
  ['log of a deploy', samples.guardLog, guardLog],
  ['ELF head', samples.elf, (text, bytes) => elf(text, bytes)],
  ['cgroup counters', samples.truth, counters],
  ['cgroup folders', samples.cgroups, (text) => cgroupFolders(text.split('\n'), truthTargets)],
  ['fields of an entry', samples.entryFields, entryFields],
  ['machine of minikube', samples.minikubeMachine, minikubeMachine],
];

const files = (text: string) => text.split('\f').map((one, index) => ({path: `/etc/x.d/${index}.conf`, text: one}));

function unitFiles(text: string): unknown {
  const [unit, ...contents] = text.split('\v');
  const all = files(unit ?? '');
  const known = new Map(contents.map((one, index) => [`/etc/default/kubelet${index}`, one]));
  const words = commandLine(all, known);
  const setting = {name: 'v', value: '6'};
  return [
    execStarts(all).length,
    words?.length,
    dropInText(all, withSettings(ownSettings(all), [setting])),
    staleness(all),
    flagTable(words?.map((word) => word.text) ?? []),
  ];
}

function flagTable(argv: readonly string[]): Drawn {
  const expected = argv.map((text) => ({text, path: '/etc/x', variable: null}));
  const rows = flagRows(argv, expected.toReversed(), []);
  // A terminal has so many rows of it at once.
  return new Drawn(tableLines(filteredRows(rows, 'e').slice(0, 300), 100), 100);
}

function configuration(text: string): unknown {
  const parts = text.split('\f').map((one, index) => ({path: `/etc/k/${index}.conf`, content: parsed(one)}));
  return [mergedSettings(parts).length, configDirOrder(text.split('\f'))];
}

async function flags(text: string): Promise<unknown> {
  const query = {shell: nodeSaying(text), unit: 'kubelet', commandPrefix: 'docker exec n', signal: never};
  const {rows, notes} = await readFlags(query);
  return [new Drawn(tableLines(rows.slice(0, 300), 100), 100), notes];
}

async function unitState(text: string): Promise<unknown> {
  const state = await readUnit(nodeSaying(text), 'kubelet', {signal: never});
  if (state === null) return null;
  const watch = new UnitWatch(state);
  return [watch.judge(state), watch.judge({...state, restarts: 9})];
}

async function lastWords(text: string): Promise<unknown> {
  const journal = await journalEnd(nodeSaying(text), 'kubelet', {signal: never, timeoutMs: 1000});
  const words = wordsIn(text, {unit: null, journal});
  return words === null ? null : new Drawn([safeLine(words)]);
}

async function verbosity(body: string): Promise<unknown> {
  const reply = {status: 500, body, sentAt: localMs(0), receivedAt: localMs(0)};
  const route = {
    ...{kind: 'direct' as const, label: '', warning: null, close: () => Promise.resolve()},
    ...{get: () => Promise.resolve(reply), put: () => Promise.resolve(reply)},
  };
  const steps: unknown[] = [];
  const context = {openRoute: () => Promise.resolve(route), signal: never};
  // @ts-expect-error -- no more of its context is looked at
  for await (const step of verbosityAction(4).run(context)) steps.push(step);
  return steps;
}

async function cleared(text: string): Promise<unknown> {
  // Nobody waits until it is tried once more.
  const context = {...nodeContext(text), signal: AbortSignal.abort()};
  const steps: unknown[] = [];
  // @ts-expect-error -- no more of its context is looked at
  for await (const step of clear.run(context)) steps.push(step);
  return steps;
}

const nodeContext = (text: string) => ({
  ...{name: 'n', commandPrefix: 'docker exec n', unit: 'kubelet'},
  shell: nodeSaying(text),
});

async function followed(text: string): Promise<unknown> {
  const ended = new AbortController();
  const source = {...nodeContext(text), units: ['kubelet'], lines: 10, since: null, boot: null, sourceGrep: null};
  let entries = 0;
  let ends = 0;
  for await (const event of followJournal({...source, tickPattern: null, random: () => 0}, ended.signal)) {
    if (event.type === 'journal') entries += event.entries.length;
    if (event.type === 'journal-stream' && 'failure' in event.state && ++ends === 2) ended.abort();
  }
  return entries;
}

function place(text: string): unknown {
  return placeOf(readPlace(text, 'kubelet'));
}

function report(text: string): unknown {
  const read = readReport(text);
  isLeft(read);
  const rows = listing(text.slice(0, 300), read);
  return new Drawn(read.state === null ? rows : [...rows, safeLine(standing(read.state))]);
}

function look(text: string): Promise<unknown> {
  return lookAtNode({...nodeContext(text), signal: never});
}

function guardLog(text: string): unknown {
  const lines = text
    .split('\n')
    .map(readJobLine)
    .filter((line) => line !== null);
  const told = lines.map((line, index) => guardText(line, lines[index - 1] ?? null)).filter((line) => line !== null);
  return [lines.map(endOf), new Drawn(told.map((line) => safeLine(line)))];
}

function elf(text: string, bytes: Buffer): unknown {
  const head = readElf(bytes.subarray(0, elfHeadBytes));
  return [typeof head === 'string' ? head : machineName(head.machine), machineOf(text)];
}

const truthTargets = [
  {target: {namespace: 'n', pod: 'p', container: 'c'}, podUid: 'u-1', containerId: 'abc'},
  {target: {namespace: 'n', pod: 'p', container: null}, podUid: 'u-1', containerId: null},
];

function counters(text: string): unknown {
  const lines = new ReaderLines();
  const half = text.length >> 1;
  return [...lines.take(text.slice(0, half)), ...lines.take(text.slice(half))];
}

async function entryFields(text: string): Promise<unknown> {
  return (await readEntryFields(nodeSaying(text), 's=a;i=1', never)).size;
}

const machines = join(folder, '.minikube', 'machines', 'minikube');
mkdirSync(machines, {recursive: true});

function minikubeMachine(text: string): unknown {
  writeFileSync(join(machines, 'config.json'), text);
  const env = {PATH: '', MINIKUBE_HOME: folder};
  const node = {name: 'minikube', profile: 'minikube', short: '', driver: 'virtualbox', own: null};
  return minikubeLogin({...node, controlPlane: true, version: null, state: 'OK'}, env);
}
