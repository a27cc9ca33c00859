// The whole way of a log line, from journalctl's bytes to the drawn pane, at a rate for minutes. Prints memory each
// minute: `node test/bench/journal/soak.ts MINUTES LINES_PER_SECOND`.
import {Writable} from 'node:stream';
import {Box, render} from 'ink';
import {JournalPane} from '../../../src/components/journal-pane.tsx';
import {headline} from '../../../src/model/journal/headline.ts';
import {JournalModel} from '../../../src/model/journal/journal-model.ts';
import {localMs} from '../../../src/model/time.ts';
import {followJournal} from '../../../src/sources/journal.ts';
import {benchSource, exportEntry, shellOver} from './lines.ts';

const minutes = Number(process.argv[2] ?? 60);
const perSecond = Number(process.argv[3] ?? 5000);
const [width, height] = [120, 25];

let drawnBytes = 0;
const screen = Object.assign(
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      drawnBytes += chunk.length;
      done();
    },
  }),
  {columns: width, rows: height, isTTY: true},
);
const journal = new JournalModel({
  scrollback: 50_000,
  units: ['kubelet'],
  kubeletUnit: 'kubelet',
  grep: 'housekeeping|Probe',
  exclude: [],
  severity: null,
  contextLines: 0,
  fold: true,
  watched: () => [],
  elapsedMs: () => performance.now(),
});

const draw = () => (
  <Box width={width} height={height} flexDirection="column">
    <JournalPane
      view={journal.view({width, height: height - 1})}
      headline={headline(journal.summary, localMs(Date.now()))}
      banner={null}
      focused
      width={width}
      height={height}
    />
  </Box>
);

const ended = new AbortController();
async function* lines() {
  let number = 0;
  const startMs = Date.now();
  while (!ended.signal.aborted) {
    const due = Math.floor(((Date.now() - startMs) * perSecond) / 1000);
    let text = '';
    for (; number < due; number += 1) text += exportEntry(number, Date.now());
    if (text !== '') yield Buffer.from(text);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ink = render(draw(), {stdout: screen as unknown as NodeJS.WriteStream, incrementalRendering: true, maxFps: 15});
const frames = setInterval(() => ink.rerender(draw()), 100);
const mb = (bytes: number) => (bytes / 1_048_576).toFixed(1);
let before = process.cpuUsage();
const report = setInterval(() => {
  const {rss, heapUsed, external} = process.memoryUsage();
  const used = process.cpuUsage(before);
  before = process.cpuUsage();
  const cpu = ((used.user + used.system) / 600_000).toFixed(1);
  const {seen, matched, held} = journal.summary;
  process.stdout.write(
    `${new Date().toISOString().slice(11, 19)} rss ${mb(rss)} MB, heap ${mb(heapUsed)} MB, external ${mb(external)} MB, ` +
      `${seen} lines seen, ${matched}/${held} held, CPU ${cpu} %, drawn ${mb(drawnBytes)} MB\n`,
  );
}, 60_000);
setTimeout(() => ended.abort(), minutes * 60_000 + 500);
for await (const event of followJournal({...benchSource, shell: shellOver(lines)}, ended.signal)) journal.apply(event);
clearInterval(frames);
clearInterval(report);
ink.unmount();
