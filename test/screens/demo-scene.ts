import {Machine} from '../../src/demo/machine.ts';
import {resourceMetrics, statsSummary} from '../../src/demo/kubelet-stats.ts';
import {podList} from '../../src/demo/pods.ts';
import {demoShell} from '../../src/demo/shell.ts';
import {parseArguments} from '../../src/cli/arguments.ts';
import {readFlags, type FlagsReport} from '../../src/commands/flags/read-flags.ts';
import type {JournalEntry} from '../../src/model/event.ts';
import {localMs, nodeMs} from '../../src/model/time.ts';
import {noConnection} from '../../src/nodes/options.ts';
import {createPaneModels} from '../../src/session/pane-models.ts';
import {Store} from '../../src/session/store.ts';
import {parsePodList} from '../../src/sources/facts/pod-list.ts';
import {PollJoin} from '../../src/sources/stats/poll-join.ts';
import {parseResourceMetrics} from '../../src/sources/stats/resource-metrics.ts';
import {parseSummary} from '../../src/sources/stats/summary.ts';
import {Keymap} from '../../src/tui/keymap.ts';
import {Screen} from '../../src/tui/screen.ts';

/** When the scene begins: the demo's node has been up for two and a half minutes by then. */
export const startMs = Date.UTC(2026, 10, 23, 20, 5);
/** How long ktop has watched when the pictures are taken; the demo's job is replaced on the way. */
const watchedS = 190;
/** When the kubelet is restarted, where it is. */
const restartS = 173;

/** The demo's screen after some minutes, by a clock and chances that are the same each time. */
export interface DemoScene {
  readonly screen: Screen;
  readonly nowMs: number;
  readonly flags: FlagsReport;
}

export interface DemoOptions {
  /** Of the command line. */
  readonly args?: readonly string[];
  readonly restart?: boolean;
}

/** Plays the demo's node to a screen; `Date` must stand at `startMs` and is moved by `setTime`. */
export async function playDemo(
  {args = [], restart = false}: DemoOptions,
  setTime: (ms: number) => void,
): Promise<DemoScene> {
  let seed = 20_261_123;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const machine = new Machine({name: 'demo-worker', housekeepingIntervalMs: 10_000, random});
  const request = parseArguments(['--demo', ...args], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  const models = createPaneModels(request.options);
  const store = new Store(Object.values(models), () => undefined);
  const screen = screenOf(models, store);
  store.dispatch({
    type: 'node',
    at: localMs(startMs),
    node: {
      ...{name: machine.name, provider: 'demo', transport: 'simulation', commandPrefix: '(demo) demo-worker:'},
      readOnly: null,
    },
  });
  const {kubelet} = machine;
  store.dispatch({
    type: 'facts',
    at: localMs(startMs),
    facts: {
      ...{kubeletVersion: 'v1.36.2', kubeletPid: kubelet.pid, kubeletStartedAt: nodeMs(kubelet.startedAtMs)},
      ...{verbosity: 2, housekeepingIntervalMs: 10_000, unitState: 'active (running)'},
    },
  });
  store.dispatch({type: 'clock', offset: {aheadMs: 0, uncertaintyMs: 1}});
  store.dispatch({type: 'journal-stream', state: {kind: 'following', since: localMs(startMs)}});
  store.dispatch({type: 'stats-stream', state: {kind: 'following', since: localMs(startMs)}});
  const route = {label: 'direct, certificate pinned', latencyMs: 4, warning: null};
  store.dispatch({type: 'route', route: {kind: 'direct', ...route}});
  const join = new PollJoin();
  let told = 0;
  for (let second = 0; second <= watchedS; second += 1) {
    const at = startMs + second * 1000;
    setTime(at);
    kubelet.advance(at);
    if (restart && second === restartS) restartKubelet(machine, store, at);
    const entries = machine.journal.entries.filter(({sequence}) => sequence > told);
    told = entries.at(-1)?.sequence ?? told;
    store.dispatch({type: 'journal', entries: entries.map(entryOf)});
    const poll = join.join({
      ...{sentAt: localMs(at - 4), receivedAt: localMs(at)},
      ...{
        summary: parseSummary(statsSummary(kubelet.served, at)),
        resource: parseResourceMetrics(resourceMetrics(kubelet.served, at)),
      },
    });
    store.dispatch({type: 'poll', poll});
    if (second % 30 === 0) {
      const pods = parsePodList(podList(kubelet.pods)) ?? [];
      store.dispatch({type: 'pods', at: localMs(at), answer: {kind: 'pods', pods}});
    }
  }
  const nowMs = startMs + watchedS * 1000 + 400;
  setTime(nowMs);
  const shell = demoShell(machine);
  const where = {name: machine.name, commandPrefix: '(demo) demo-worker:', unit: 'kubelet'};
  const flags = await readFlags({...where, shell, signal: new AbortController().signal});
  return {screen, nowMs, flags};
}

function restartKubelet({kubelet, journal}: Machine, store: Store, atMs: number): void {
  const say = (message: string, at: number) =>
    journal.append({atMs: at, unit: 'kubelet.service', identifier: 'systemd', pid: 1, message});
  say('Stopping kubelet.service - kubelet: The Kubernetes Node Agent...', atMs);
  kubelet.stop();
  say('Started kubelet.service - kubelet: The Kubernetes Node Agent.', atMs + 95);
  kubelet.start(atMs + 95);
  store.dispatch({type: 'kubelet-started', at: nodeMs(atMs + 95), pid: kubelet.pid});
}

function entryOf({atMs, fields}: Machine['journal']['entries'][number]): JournalEntry {
  const field = (name: string) => fields[name] ?? '';
  return {
    ...{cursor: field('__CURSOR'), at: nodeMs(atMs), unit: fields.UNIT ?? field('_SYSTEMD_UNIT')},
    ...{identifier: field('SYSLOG_IDENTIFIER'), pid: Number(field('_PID')), priority: Number(field('PRIORITY'))},
    message: field('MESSAGE'),
  };
}

function screenOf(models: ConstructorParameters<typeof Screen>[0]['models'], store: Store): Screen {
  return new Screen({
    keymap: Keymap.standard,
    store,
    models,
    command: () => undefined,
    looking: () => {
      throw new Error('no node is looked at here');
    },
    deploys: {options: {clear: false, timeoutMs: 30_000}, binary: null, watchBinary: null},
    entryFields: () => Promise.resolve(new Map()),
    redraw: () => undefined,
    profile: () => Promise.resolve(),
    toggleRecording: () => Promise.resolve('recording'),
    quit: () => undefined,
    switchTo: () => undefined,
    toggleMouse: () => true,
    connection: noConnection,
    afterInput: (done) => done(),
  });
}
