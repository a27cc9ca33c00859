import {clip, safeLine} from '../draw/safe-text.ts';
import {pad, truncate} from '../draw/width.ts';
import {counted} from '../../util/counted.ts';
import {durationText} from '../../util/duration.ts';
import {alpha, type ComparedMetric, type Comparison, isDifferent, type Summary} from './compare.ts';
import type {Side} from './side.ts';
import type {SiteChange} from './sites.ts';

const method =
  `p: permutation test of the Kolmogorov–Smirnov distance of ranks within each target, stretches of a minute permuted; ` +
  `a verdict at ${alpha * 100} % over all its tests (Holm).`;

/** What came out, as a sentence. */
function verdictOf(comparison: Comparison): string {
  const changed = comparison.metrics.filter(isDifferent).map(({name}) => name);
  if (changed.length > 0) return `different: ${changed.join(', ')}`;
  const isTested = comparison.metrics.some(({pTogether}) => pTogether !== null);
  return isTested ? 'no difference that is more than chance' : 'not enough to say';
}

/** The comparison as a table of at most 80 columns. */
export function comparisonTable(comparison: Comparison): string {
  const {a, b, metrics, sites, notes} = comparison;
  const rows = metrics.filter((metric) => metric.a !== null || metric.b !== null);
  const head = `${pad('', nameWidth)}${centred('A')} ${centred('B')}`;
  const titles = `${pad('', nameWidth)}${`${columns(['p50', 'p90', 'max'])} `.repeat(2)}${pad('mean', 7, 'right')} p`;
  const lines = [
    sideLine('A', a),
    sideLine('B', b),
    '',
    head,
    titles,
    ...rows.map(metricLine),
    '',
    verdictOf(comparison),
    ...notes.map((note) => `note: ${note}`),
    '',
    ...siteLines(sites),
    ...wrapped(`* in the verdict. ${method}`),
  ];
  return `${lines.flatMap((line) => wrapped(safeLine(line))).join('\n')}\n`;
}

const widest = 80;
const nameWidth = 23;

function wrapped(line: string): string[] {
  if (line.length <= widest) return [line];
  const rows: string[] = [];
  let row = '';
  for (const word of line.split(/(?<= )/)) {
    if ((row + word).trimEnd().length > widest && row !== '') {
      rows.push(row.trimEnd());
      row = '  ';
    }
    row += word;
  }
  return [...rows, row.trimEnd()];
}

function sideLine(letter: string, side: Side): string {
  const lasts = durationText(Math.max(0, side.untilMs - side.fromMs));
  const kubelet = side.facts?.kubeletVersion ?? 'kubelet of unknown version';
  const base = side.facts?.housekeepingIntervalMs;
  const parts = [
    kubelet,
    ...(base == null ? [] : [`base ${durationText(base)}`]),
    Number.isFinite(side.fromMs) ? lasts : '–',
    counted(side.ticks, 'tick'),
    ...(side.restarts === 0 ? [] : [counted(side.restarts, 'restart')]),
  ];
  const rest = parts.map((part) => safeLine(part)).join(', ');
  const name = safeLine(side.name);
  const room = Math.max(12, widest - 4 - rest.length);
  return `${letter}  ${name.length > room ? `…${name.slice(1 - room)}` : name} ${rest}`;
}

const columns = (texts: readonly string[]) => texts.map((text) => pad(text, 6, 'right')).join('');
const centred = (letter: string) => pad(letter, 18, 'right');

function metricLine(metric: ComparedMetric): string {
  const unit = metric.unit === '' ? '' : ` ${metric.unit}`;
  const name = pad(truncate(`${metric.name}${unit}`, nameWidth - 1), nameWidth);
  return `${name}${figures(metric.a)} ${figures(metric.b)} ${pad(changeOf(metric), 7, 'right')} ${pText(metric)}`.trimEnd();
}

function figures(summary: Summary | null): string {
  if (summary === null) return columns(['–', '–', '–']);
  const {quantiles, max} = summary;
  return columns([quantiles['0.5'], quantiles['0.9'], max].map(figure));
}

function figure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}

/** By how much the mean changed. */
function changeOf({a, b, unit}: ComparedMetric): string {
  if (a === null || b === null) return '';
  const by = b.mean - a.mean;
  const text = `${by > 0 ? '+' : ''}${figure(by)}`;
  if (unit === '%' || a.mean === 0) return text;
  const share = Math.round((by / a.mean) * 100);
  return Math.abs(share) > 999 ? text : `${share > 0 ? '+' : ''}${share} %`;
}

function pText(metric: ComparedMetric): string {
  const p = metric.pTogether ?? metric.p;
  if (p === null) return '–';
  const text = p < 0.001 ? '<.001' : p.toFixed(3).replace(/^0/, '');
  return `${text}${isDifferent(metric) ? '*' : ''}`;
}

const mostSites = 12;

function siteLines(sites: readonly SiteChange[]): string[] {
  if (sites.length === 0) return ['errors and warnings: no site is new, gone, or has more lines', ''];
  const lines = sites.slice(0, mostSites).map(({change, severity, source, message, a, b}) => {
    const counts = `${a}→${b}`;
    return truncate(
      `  ${pad(change, 6)}${pad(severity.slice(0, 1).toUpperCase(), 2)}${pad(counts, 10)}${safeLine(clip(source, 28))}] ${safeLine(message)}`,
      widest,
    );
  });
  const rest = sites.length > mostSites ? [`  and ${sites.length - mostSites} more: --output json`] : [];
  return ['errors and warnings, lines in A→B:', ...lines, ...rest, ''];
}

/** The comparison as Markdown, for a pull request. Words from the recordings cannot end their cell. */
export function comparisonMarkdown(comparison: Comparison): string {
  const {a, b, metrics, sites, notes} = comparison;
  const rows = metrics
    .filter((metric) => metric.a !== null || metric.b !== null)
    .map((metric) => {
      const of = (summary: Summary | null) =>
        summary === null
          ? '–'
          : `${figure(summary.quantiles['0.5'])} / ${figure(summary.quantiles['0.9'])} / ${figure(summary.max)}`;
      const p = pText(metric).trim();
      const strong = isDifferent(metric) ? '**' : '';
      return `| ${metric.name} (${metric.unit}) | ${of(metric.a)} | ${of(metric.b)} | ${changeOf(metric)} | ${strong}${p.replace('*', '').replace('<', '&lt;')}${strong} |`;
    });
  const lines = [
    `**${verdictOf(comparison)}**`,
    '',
    `- A: ${code(sideLine('', a).trim())}`,
    `- B: ${code(sideLine('', b).trim())}`,
    ...notes.map((note) => `- ${markdownSafe(note)}`),
    '',
    '| p50 / p90 / max | A | B | mean | p |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(sites.length === 0
      ? ['No error or warning is new, gone, or more often.']
      : [
          '| errors and warnings | A | B | site | message |',
          '| --- | --- | --- | --- | --- |',
          ...sites.slice(0, 40).map(({change, severity, source, message, a: inA, b: inB}) => {
            return `| ${change} ${severity} | ${inA} | ${inB} | ${code(clip(source, 60))} | ${code(message)} |`;
          }),
        ]),
    '',
    `<sub>ktop compare. ${method}</sub>`,
  ];
  return `${lines.join('\n')}\n`;
}

/** As code: nothing in it is read as Markdown, and nothing ends the cell. */
function code(text: string): string {
  const safe = safeLine(text).replaceAll('`', "'").replaceAll('|', '¦');
  return safe === '' ? '' : `\`${safe}\``;
}

function markdownSafe(text: string): string {
  return safeLine(text).replace(/[\\`*_[\]<>|#@]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The comparison as JSON; times as unix seconds. */
export function comparisonJson(comparison: Comparison): string {
  const side = ({name, node, facts, fromMs, untilMs, ticks, lines, restarts}: Side) => ({
    name,
    node,
    kubeletVersion: facts?.kubeletVersion ?? null,
    housekeepingIntervalMs: facts?.housekeepingIntervalMs ?? null,
    from: Number.isFinite(fromMs) ? fromMs / 1000 : null,
    until: Number.isFinite(untilMs) ? untilMs / 1000 : null,
    ticks,
    lines,
    restarts,
  });
  const {a, b, metrics, sites, notes} = comparison;
  const verdict = {different: comparison.isDifferent, verdict: verdictOf(comparison), alpha};
  return `${JSON.stringify({...verdict, a: side(a), b: side(b), metrics, sites, notes, method}, null, 2)}\n`;
}
