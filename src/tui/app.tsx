import {Box, useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useRef, useSyncExternalStore} from 'react';
import type {Action} from '../commands/command.ts';
import {allCommands} from '../commands/commands.ts';
import {Confirm} from '../components/confirm.tsx';
import {CpuPane} from '../components/cpu-pane.tsx';
import {FlagsScreen} from '../components/flags-screen.tsx';
import {Help} from '../components/help.tsx';
import {HousekeepingPane} from '../components/housekeeping-pane.tsx';
import {ListScreen} from '../components/list-screen.tsx';
import {NodeListScreen} from './node-list-screen.tsx';
import {fitting} from '../model/screen/list-choice.ts';
import {PickerScreen} from '../components/picker.tsx';
import {PipelineScreen} from '../components/pipeline-screen.tsx';
import {JournalPane} from '../components/journal-pane.tsx';
import {drawnRow} from '../components/drawn-row.ts';
import {Rows} from '../components/rows.tsx';
import {playerParts} from '../model/player/header.ts';
import {timeBar} from '../model/player/time-bar.ts';
import {PromptLine} from '../components/prompt-line.tsx';
import {StatusLine} from '../components/status-line.tsx';
import {Overview} from '../components/overview.tsx';
import {TabRow} from '../components/tab-row.tsx';
import {Text} from '../components/text.tsx';
import {dimmed, ThemeProvider, useTheme} from '../components/theme.tsx';
import {TooSmall} from '../components/too-small.tsx';
import type {Frames} from './frames.ts';
import {pressesOf} from './keys/press.ts';
import type {KeyPress} from '../model/screen/key.ts';
import {shownItems} from '../model/selection/picker.ts';
import {headline} from '../model/journal/headline.ts';
import {pipelineRows} from '../model/pipeline/rows.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {pastLine} from '../model/screen/past-lines.ts';
import {paneLayout, paneRows, smallest, type Pane, type Size} from '../model/screen/layout.ts';
import {statusMessage, statusParts, type CutOffKeys, type StatusPart} from '../model/screen/status-text.ts';
import {restartBanner, statsBanner} from '../model/screen/status.ts';
import type {LocalMs} from '../model/time.ts';
import {helpSections} from './help-sections.ts';
import type {Prompt} from './overlay.ts';
import type {MergedView} from './merged-view.ts';
import type {NodesOnScreen} from './nodes-on-screen.ts';
import type {OverviewView} from './overview-view.ts';
import type {Screen} from './screen.ts';
import type {Terminal} from './terminal.ts';
import {suspendProcess} from './suspend.ts';

/** The node that is looked at, and how many there are; of a recording that is played back the one of that. */
type ShownNodes = Pick<NodesOnScreen, 'screen' | 'tabRow'> & {readonly all: {readonly length: number}};

export interface AppProps {
  readonly nodes: ShownNodes;
  readonly frames: Frames;
  readonly terminal: Terminal;
  readonly unit: string;
}

/** The screen: panes from the store's selectors, keys to the screen's actions. One render is one frame. */
export function App(props: AppProps): React.JSX.Element {
  const {nodes, frames} = props;
  useSyncExternalStore(frames.subscribe, frames.current);
  const {columns, rows} = useWindowSize();
  const {suspendTerminal} = useApp();
  const suspend = (): void => void suspendTerminal(suspendProcess);
  const read = useRef<KeyPress[]>([]);
  useInput((input, key) => {
    // Ink hands on what came in one read piece by piece, and at once: what belongs together is taken together.
    if (read.current.length === 0) {
      queueMicrotask(() => nodes.screen.read(read.current.splice(0), suspend, performance.now()));
    }
    for (const press of pressesOf(input, key)) read.current.push(press);
  });
  usePaste((text) => nodes.screen.paste(text));
  const {now} = nodes.screen;
  const {tabs, panes} = paneRows({width: columns, height: rows}, nodes.all.length);
  const row = tabs === 0 ? null : nodes.tabRow(columns, now);
  return (
    <ThemeProvider value={props.terminal.theme}>
      <Box width={columns} height={rows} overflowY="hidden" flexDirection="column">
        {row === null ? (
          <Content {...props} screen={nodes.screen} size={panes} now={now} />
        ) : (
          <>
            <TabRow pieces={row} width={columns} />
            <Box height={panes.height} flexDirection="column" overflowY="hidden">
              <Content {...props} screen={nodes.screen} size={panes} now={now} />
            </Box>
          </>
        )}
      </Box>
    </ThemeProvider>
  );
}

const paletteWays = 'Enter does it · Esc leaves';

export interface FrameProps extends Pick<AppProps, 'unit'> {
  readonly screen: Screen;
  readonly terminal: Pick<Terminal, 'theme'>;
  readonly size: Size;
  readonly now: LocalMs;
}

/** What fills the screen now: the panes, or what lies over all of them. */
export function Content(props: FrameProps): React.JSX.Element {
  const {screen, size} = props;
  const layout = paneLayout(size, screen.zoomed ? screen.focus : null, screen.barRows);
  if (layout.kind === 'too-small') return <TooSmall have={size} need={smallest} />;
  const {overlay} = screen;
  if (overlay?.kind === 'help') {
    return <Help page={overlay.view.page(helpSections(screen), size)} {...size} />;
  }
  if (overlay?.kind === 'palette') {
    const shown = fitting(overlay.rows, overlay.list.filter.text);
    const title = `What keys do — ${shown.length} of ${overlay.rows.length}`;
    return <ListScreen title={title} list={overlay.list} shown={shown} notes={[]} ways={paletteWays} {...size} />;
  }
  if (overlay?.kind === 'overview') return <OverviewOf {...props} view={overlay.view} />;
  if (overlay?.kind === 'merged') return <Merged {...props} view={overlay.view} />;
  if (overlay?.kind === 'nodes') return <NodeListScreen list={overlay.list} listing={overlay.listing} {...size} />;
  if (overlay?.kind === 'picker') {
    const items = overlay.items();
    const shown = shownItems(items, overlay.picker.filter.text);
    return <PickerScreen picker={overlay.picker} shown={shown} total={items.length} {...size} />;
  }
  if (overlay?.kind === 'pipeline') {
    const {pod} = overlay.watch;
    const state = overlay.watch.state(props.now);
    const rows = state.kind === 'known' ? pipelineRows(state.pipeline, size.width) : null;
    const failure = state.kind === 'failed' ? state.why : null;
    return <PipelineScreen pod={pod} rows={rows} failure={failure} scroll={overlay.scroll} {...size} />;
  }
  if (overlay?.kind === 'flags') {
    const node = screen.store.status.node?.name ?? '?';
    const {list, set} = overlay;
    return <FlagsScreen node={node} list={list} shown={overlay.shown()} mayChange={set !== null} {...size} />;
  }
  return (
    <>
      {layout.kind === 'zoomed' ? (
        <PaneOf {...props} pane={layout.pane} size={layout.size} />
      ) : (
        <>
          <Box gap={1} height={layout.cpu.height}>
            <PaneOf {...props} pane="cpu" size={layout.cpu} />
            <PaneOf {...props} pane="housekeeping" size={layout.housekeeping} />
          </Box>
          <PaneOf {...props} pane="journal" size={layout.journal} />
        </>
      )}
      <TimeBar {...props} />
      <Bottom {...props} rows={layout.statusRows} />
      {overlay?.kind === 'confirm' && overlay.answerable ? (
        <Question {...props} action={overlay.action} yes={overlay.yes} />
      ) : null}
    </>
  );
}

/** All nodes, a row each; what a key has said last stands below them. */
function OverviewOf({screen, view, now, size}: FrameProps & {readonly view: OverviewView}): React.JSX.Element {
  const notice = noticeOf(screen);
  const message = notice ?? view.message(now, size.width);
  return <Overview rows={view.rows(now)} at={view.at} message={message} ways={view.ways} {...size} />;
}

/** The journals of all nodes as one, in place of the panes. */
function Merged({view, size}: FrameProps & {readonly view: MergedView}): React.JSX.Element {
  const {width, height} = size;
  const lines = view.view({width, height: height - 2});
  return (
    <>
      <JournalPane view={lines} headline={view.headline} banner={null} focused width={width} height={height - 1} />
      <Text {...dimmed(useTheme())} wrap="truncate">
        {view.ways}
      </Text>
    </>
  );
}

/** What a key has said last, as long as that is news. */
function noticeOf({notice}: Screen): StatusPart | null {
  return notice === null || notice.text === '' || Date.now() - notice.at >= 5000
    ? null
    : {text: notice.text, tone: 'plain'};
}

/** One pane. Each draws exactly `size`. */
function PaneOf(props: FrameProps & {readonly pane: Pane}): React.JSX.Element {
  const {screen, pane, size, now} = props;
  const {status} = screen.store;
  const banner = pane === 'journal' ? restartBanner(status, now) : statsBanner(status, now);
  return (
    <Box width={size.width} height={size.height} flexDirection="column" overflowY="hidden">
      {pane === 'journal' ? <Journal {...props} banner={banner} /> : null}
      {pane === 'cpu' ? <Cpu {...props} banner={banner} /> : null}
      {pane === 'housekeeping' ? <Housekeeping {...props} banner={banner} /> : null}
    </Box>
  );
}

function Journal(props: FrameProps & {readonly banner: string | null}): React.JSX.Element {
  const {screen, now, banner} = props;
  const {width, height} = props.size;
  const {journal, housekeeping} = screen.models;
  const view = journal.view({width, height: height - 1});
  const focused = screen.focus === 'journal';
  const output = headline(journal.summary, housekeeping.nodeTime(now));
  return <JournalPane view={view} headline={output} banner={banner} focused={focused} width={width} height={height} />;
}

function Cpu(props: FrameProps & {readonly banner: string | null}): React.JSX.Element {
  const {screen, terminal, now} = props;
  const {width, height} = props.size;
  const utcOffsetMs = utcOffsetAt(now);
  const view = screen.models.cpu.view({width, height: height - 1}, {now, unicode: terminal.theme.unicode, utcOffsetMs});
  return <CpuPane view={view} banner={props.banner} focused={screen.focus === 'cpu'} width={width} height={height} />;
}

function Housekeeping(props: FrameProps & {readonly banner: string | null}): React.JSX.Element {
  const {screen, terminal, now, banner} = props;
  const {width, height} = props.size;
  const view = screen.models.housekeeping.view({width, height: height - 1}, now, terminal.theme.unicode);
  const focused = screen.focus === 'housekeeping';
  return <HousekeepingPane view={view} banner={banner} focused={focused} width={width} height={height} />;
}

/** What a recording holds and where in it the screen is; nothing where a node is watched. */
function TimeBar({screen, terminal, size, now}: FrameProps): React.JSX.Element | null {
  const {player} = screen;
  if (player === null) return null;
  const {unicode} = terminal.theme;
  const utcOffsetMs = utcOffsetAt(now);
  const {whole, marks} = player;
  const row = timeBar({width: size.width, unicode, utcOffsetMs, whole, atMs: now, ...marks});
  return <Rows rows={[drawnRow(row, terminal.theme, size.width)]} width={size.width} height={1} />;
}

/** What local time runs ahead of UTC at a moment, in ms. */
const utcOffsetAt = (at: LocalMs): number => -new Date(at).getTimezoneOffset() * 60_000;

/** The rows at the bottom: a prompt while one is open, else the status. */
function Bottom(props: FrameProps & {readonly rows: number}): React.JSX.Element {
  const {screen, size, now, rows} = props;
  if (screen.overlay?.kind === 'prompt') {
    return (
      <Box height={rows} flexDirection="column">
        {rows > 1 ? <Status {...props} rows={1} message={null} /> : null}
        <PromptRow prompt={screen.overlay.prompt} width={size.width} />
      </Box>
    );
  }
  const message: StatusPart | null =
    noticeOf(screen) ??
    lookMessage(screen) ??
    buildMessage(screen) ??
    statusMessage(screen.store.status, now, size.width, cutOffKeys(screen));
  return <Status {...props} message={message} />;
}

function Status(props: FrameProps & {readonly rows: number; readonly message: StatusPart | null}): React.JSX.Element {
  const {store, models, builds} = props.screen;
  return (
    <StatusLine
      parts={[
        ...playedParts(props),
        ...withBuild(statusParts(store.status, props.now, models.housekeeping.offset), builds?.header),
      ]}
      message={props.message}
      keys={usualKeys(props.screen)}
      width={props.size.width}
      rows={props.rows}
    />
  );
}

/** A question is on its way: until it is there nothing is news. */
const lookMessage = ({looking}: Screen): StatusPart | null =>
  looking === null ? null : {text: safeLine(looking), tone: 'plain'};
/** Of a recording its name, the moment and the speed come first. */
const playedParts = ({screen: {player}, now}: FrameProps): readonly StatusPart[] =>
  player === null ? [] : playerParts(player.state, utcOffsetAt(now));

/** A deploy that is about to begin is more urgent than what the last one came to. */
function buildMessage({builds}: Screen): StatusPart | null {
  const message = builds?.message ?? null;
  return message === null ? null : {text: safeLine(message), tone: 'warning'};
}

function cutOffKeys({keymap}: Screen): CutOffKeys {
  return {finish: keymap.keyOf('deploy'), undo: keymap.keyOf('rollback')};
}

/** The build that is on the node comes right behind the node's name. */
function withBuild(parts: readonly StatusPart[], header: string | undefined): readonly StatusPart[] {
  if (header === undefined) return parts;
  return [
    ...parts.slice(0, 1),
    {text: header, short: header.replace(/^build \S+ /, ''), tone: 'good'},
    ...parts.slice(1),
  ];
}

/** The keys that are told where nothing else is to be said, the most needed first. */
function usualKeys({keymap, zoomed, others, player}: Screen): readonly string[] {
  const told = [
    ...(player === null ? [] : playedKeys(player.isPlaying)),
    ...(zoomed ? [['back', 'all panes'] as const] : []),
    ['help', 'help'],
    ...(others === null
      ? []
      : ([
          ['next-node', 'next node'],
          ['overview', 'all nodes'],
        ] as const)),
    ['filter', 'filter'],
    ['pods', 'pods'],
    ...allCommands.map(({name}) => [name, name] as const),
    ['deploy', 'deploy'],
    ['rollback', 'rollback'],
    ['quit', zoomed ? 'back' : 'quit'],
    ['palette', 'all commands'],
    ['next-pane', 'next pane'],
    ['zoom', 'zoom'],
  ] as const;
  return told
    .filter(([name], i) => told.findIndex(([one]) => one === name) === i)
    .flatMap(([name, what]) => {
      const key = keymap.keyOf(name);
      return key === null ? [] : [`${key} ${what}`];
    });
}

/** The same of a recording: help stays the first, which a small screen tells alone. */
const playedKeys = (isPlaying: boolean) =>
  [
    ['help', 'help'],
    ['replay.play', isPlaying ? 'pause' : 'play'],
    ['replay.faster', 'faster'],
    ['replay.time', 'go to'],
    ['replay.next-tick', 'next tick'],
    ['replay.previous-tick', 'previous'],
  ] as const;

function PromptRow(props: {readonly prompt: Prompt; readonly width: number}): React.JSX.Element {
  const {label, line, preview, refused, past} = props.prompt;
  const points = Array.from(line.text);
  const {note, bad} = refused === null ? preview(line.text) : {note: refused, bad: true};
  return (
    <PromptLine
      label={label}
      before={points.slice(0, line.cursor).join('')}
      at={points[line.cursor] ?? ''}
      after={points.slice(line.cursor + 1).join('')}
      note={note}
      bad={bad}
      hasEarlier={pastLine(past, -1, line.text) !== null}
      width={props.width}
    />
  );
}

/** The question lies over the middle of the panes. */
function Question(props: FrameProps & {readonly action: Action; readonly yes: boolean}): React.JSX.Element {
  const {size, action, unit} = props;
  const {node} = props.screen.store.status;
  const question = action.question(node ?? {name: '?', commandPrefix: ''}, unit);
  const width = Math.min(size.width, 76);
  return (
    <Box
      position="absolute"
      marginLeft={Math.floor((size.width - width) / 2)}
      height={size.height}
      flexDirection="column"
      justifyContent="center"
    >
      <Confirm {...question} yes={props.yes} width={width} height={size.height} />
    </Box>
  );
}
