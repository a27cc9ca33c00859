import {parseArguments} from '../../src/cli/arguments.ts';
import type {Event, JournalEntry} from '../../src/model/event.ts';
import {localMs, nodeMs, type LocalMs} from '../../src/model/time.ts';
import type {WatchOptions} from '../../src/session/options.ts';
import {createPaneModels, type PaneModels} from '../../src/session/pane-models.ts';
import {Player} from '../../src/session/player/player.ts';
import {Tape} from '../../src/session/player/tape.ts';
import {Store} from '../../src/session/store.ts';
import {seeded} from '../model/housekeeping/synthetic-cgroup.ts';
import {syntheticNode, syntheticPoll} from '../model/housekeeping/synthetic-node.ts';

export const t0 = 1_795_464_000_000;
const activities = ['busy', 'idle', 'bursty'] as const;

export interface RecordingShape {
  readonly seed: number;
  readonly pods: number;
  readonly durationMs: number;
  readonly lines: number;
  readonly pollMs: number;
  /** When the kubelet is started again, ms from the start. */
  readonly restartMs?: number;
  /** From when to when no answer came, ms from the start. */
  readonly gap?: readonly [number, number];
}

/** A recording of a node that there is not, on a tape. */
export function syntheticTape(shape: RecordingShape): Tape {
  const {seed, pods, durationMs, lines, pollMs, restartMs = Infinity, gap = [Infinity, Infinity]} = shape;
  const random = seeded(seed);
  const targets = Array.from({length: pods}, (_, pod) =>
    [null, 'a'].map((container, i) => ({
      target: {namespace: 'default', pod: `load-${pod}`, container},
      activity: activities[(pod + i) % 3] ?? 'busy',
      startedMs: pod % 4 === 3 ? Math.floor(random() * durationMs * 0.6) : 0,
    })),
  ).flat();
  const kubelets = [
    {fromMs: 0, baseMs: 10_000},
    ...(restartMs < durationMs ? [{fromMs: restartMs, baseMs: 5000}] : []),
  ];
  const node = syntheticNode({seed, durationMs: durationMs + 60_000, kubelets, targets, pressure: seed % 2 === 0});
  const tape = new Tape();
  const status = {kind: 'following', since: localMs(t0)} as const;
  const readOnly = {tried: 'act', problem: 'this is a recording', next: null};
  const identity = {name: 'n', provider: 'recording', transport: 'd', commandPrefix: '', readOnly};
  const first: Event[] = [
    {type: 'node', at: localMs(t0), node: identity},
    {type: 'stats-stream', state: status},
    {type: 'journal-stream', state: status},
  ];
  for (const event of first) tape.add(localMs(t0), event);
  let line = 0;
  let told = false;
  for (let ms = 30_000; ms < durationMs; ms += pollMs * (0.5 + random())) {
    for (; line < (lines * ms) / durationMs; line += 1) {
      const at = t0 + (durationMs * line) / lines;
      tape.add(localMs(at), {type: 'journal', entries: [entryOf(line, at)]});
    }
    if (ms > restartMs && !told) {
      told = true;
      tape.add(localMs(t0 + ms), {type: 'kubelet-started', at: nodeMs(t0 + restartMs), pid: null});
    }
    if (ms >= gap[0] && ms < gap[1]) continue;
    tape.add(localMs(t0 + ms), {type: 'poll', poll: syntheticPoll(node, localMs(t0 + ms))});
  }
  return tape;
}

function entryOf(line: number, at: number): JournalEntry {
  const severity = line % 50 === 0 ? 'E' : 'I';
  return {
    cursor: `c${line}`,
    at: nodeMs(at),
    unit: 'kubelet.service',
    identifier: 'kubelet',
    pid: 1,
    priority: 6,
    message: `${severity}0102 15:04:05.000000       1 kubelet.go:${line % 97}] "SyncLoop" pod="default/load-${line % 7}"`,
  };
}

/** A player over a tape, its models, and a clock that goes on by a little each time somebody looks at it; or another one. */
export function playerOf(tape: Tape, args: readonly string[] = [], watch?: () => number) {
  const options = watchOptions(args);
  const models = createPaneModels(options);
  const store = new Store(Object.values(models), () => undefined);
  const clock = {ms: 0};
  const elapsedMs = watch ?? (() => (clock.ms += 0.05));
  const setting = {
    dir: 'd',
    tape,
    makeModels: () => createPaneModels(options),
    elapsedMs,
    endMs: null,
    ...(watch === undefined ? {keyframeEvery: 500} : {}),
  };
  const player = new Player(setting, models, store);
  player.reading({isDone: true, note: null});
  return {player, models, store, clock};
}

function watchOptions(args: readonly string[]): WatchOptions {
  const request = parseArguments(['--demo', ...args], {env: {}, config: null});
  if (request.kind !== 'watch') throw new Error(request.kind);
  return request.options;
}

type Played = ReturnType<typeof playerOf>;

/** Lets the player do what it could not do at once. */
export function settle({player}: Played): void {
  for (let i = 0; player.isBusy; i += 1) {
    player.work();
    if (i > 100_000) throw new Error('it never comes to an end');
  }
}

/** Plays until a moment, without going to any. */
export function playTo({player, clock}: Played, atMs: number): void {
  if (!player.isPlaying) player.toggle();
  for (let i = 0; i < 20; i += 1) player.changeSpeed(1);
  player.step();
  for (let before = NaN; player.now < atMs && player.now !== before;) {
    before = player.now;
    clock.ms += Math.min(1000, (atMs - player.now) / player.speed + 1e-3);
    player.step();
  }
}

/** All that the panes and the status line show at a moment. */
export function picture({models, store}: Played, now: LocalMs): Record<string, unknown> {
  const {journal, cpu, housekeeping} = models satisfies PaneModels;
  const size = {width: 100, height: 20};
  // The lines are filtered in steps, as many as the machine has time for.
  while (journal.filter.busy) journal.view(size);
  const lines = journal.view({width: 100, height: 400}).rows.map(({spans}) => spans.map(({text}) => text).join(''));
  return {
    status: store.status,
    lines,
    journal: journal.summary,
    cpu: cpu.view(size, {now, unicode: true, utcOffsetMs: 0}),
    pods: cpu.pickable(),
    housekeeping: housekeeping.view(size, now, true),
    forecasts: housekeeping.lines(now),
    base: housekeeping.base,
  };
}
