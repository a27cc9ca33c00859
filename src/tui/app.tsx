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
import {JournalPane} from '../components/journal-pane.tsx';
import {drawnRow} from '../components/drawn-row.ts';
import {Rows} from '../components/rows.tsx';
import {playerParts} from '../model/player/header.ts';
import {timeBar} from '../model/player/time-bar.ts';
import {PromptLine} from '../components/prompt-line.tsx';
import {StatusLine} from '../components/status-line.tsx';
import {ThemeProvider} from '../components/theme.tsx';
import {TooSmall} from '../components/too-small.tsx';
import type {Frames} from './frames.ts';
import {pressesOf} from './keys/press.ts';
import type {KeyPress} from '../model/screen/key.ts';
import type {HelpSection} from '../model/screen/help.ts';
import {shownItems} from '../model/selection/picker.ts';
import {headline} from '../model/journal/headline.ts';
import {safeLine} from '../model/draw/safe-text.ts';
import {paneLayout, smallest, type Pane, type Size} from '../model/screen/layout.ts';
import {statusMessage, statusParts, type StatusPart} from '../model/screen/status-text.ts';
import {restartBanner, statsBanner} from '../model/screen/status.ts';
import type {LocalMs} from '../model/time.ts';
import type {Prompt} from './overlay.ts';
import type {Screen} from './screen.ts';
import type {Terminal} from './terminal.ts';
import {suspendProcess} from './suspend.ts';

export interface AppProps {
  readonly screen: Screen;
  readonly frames: Frames;
  readonly terminal: Terminal;
  readonly unit: string;
}

/** The screen: panes from the store's selectors, keys to the screen's actions. One render is one frame. */
export function App(props: AppProps): React.JSX.Element {
  const {screen, frames} = props;
  useSyncExternalStore(frames.subscribe, frames.current);
  const {columns, rows} = useWindowSize();
  const {suspendTerminal} = useApp();
  const suspend = (): void => void suspendTerminal(suspendProcess);
  const read = useRef<KeyPress[]>([]);
  useInput((input, key) => {
    // Ink hands on what came in one read piece by piece, and at once: what belongs together is taken together.
    if (read.current.length === 0) {
      queueMicrotask(() => screen.read(read.current.splice(0), suspend, performance.now()));
    }
    for (const press of pressesOf(input, key)) read.current.push(press);
  });
  usePaste((text) => screen.paste(text));
  return (
    <ThemeProvider value={props.terminal.theme}>
      <Box width={columns} height={rows} overflowY="hidden" flexDirection="column">
        <Content {...props} size={{width: columns, height: rows}} now={screen.now} />
      </Box>
    </ThemeProvider>
  );
}

const paletteWays = 'Enter does it · Esc leaves';

interface FrameProps extends AppProps {
  readonly size: Size;
  readonly now: LocalMs;
}

function Content(props: FrameProps): React.JSX.Element {
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
  if (overlay?.kind === 'nodes') return <NodeListScreen list={overlay.list} listing={overlay.listing} {...size} />;
  if (overlay?.kind === 'picker') {
    const items = overlay.items();
    const shown = shownItems(items, overlay.picker.filter.text);
    return <PickerScreen picker={overlay.picker} shown={shown} total={items.length} {...size} />;
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
  const {notice} = screen;
  const message: StatusPart | null =
    notice !== null && Date.now() - notice.at < 5000
      ? {text: notice.text, tone: 'plain'}
      : (buildMessage(screen) ?? statusMessage(screen.store.status, now, size.width));
  return <Status {...props} message={message} />;
}

function Status(props: FrameProps & {readonly rows: number; readonly message: StatusPart | null}): React.JSX.Element {
  return (
    <StatusLine
      parts={[
        ...playedParts(props),
        ...withBuild(statusParts(props.screen.store.status, props.now), props.screen.builds?.header),
      ]}
      message={props.message}
      keys={usualKeys(props.screen)}
      width={props.size.width}
      rows={props.rows}
    />
  );
}

/** Of a recording its name, the moment and the speed come first. */
const playedParts = ({screen: {player}, now}: FrameProps): readonly StatusPart[] =>
  player === null ? [] : playerParts(player.state, utcOffsetAt(now));

/** A deploy that is about to begin is more urgent than what the last one came to. */
function buildMessage({builds}: Screen): StatusPart | null {
  const message = builds?.message ?? null;
  return message === null ? null : {text: safeLine(message), tone: 'warning'};
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
function usualKeys({keymap, zoomed, player}: Screen): readonly string[] {
  const told = [
    ...(player === null ? [] : playedKeys(player.isPlaying)),
    ...(zoomed ? [['back', 'all panes'] as const] : []),
    ['help', 'help'],
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
  const {label, line, preview, refused} = props.prompt;
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

const sectionTitles: Readonly<Record<Pane | 'all' | 'replay', string>> = {
  replay: 'Recording',
  all: 'Everywhere',
  journal: 'Journal',
  cpu: 'CPU',
  housekeeping: 'Housekeeping',
};

function helpSections(screen: Screen): HelpSection[] {
  const order = ['replay', 'all', 'journal', 'cpu', 'housekeeping'] as const;
  return order
    .map((place) => ({
      title: sectionTitles[place],
      lines: screen.keymap.bindings
        .filter(({replay, pane}) => (replay === true ? 'replay' : pane) === place)
        .map((binding) => ({
          keys: binding.keys.join(' '),
          what: binding.what,
          disabled: binding.disabled?.(screen) ?? null,
        })),
    }))
    .filter((section) => section.lines.length > 0);
}
