import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {expect, test} from 'vitest';
import {compilePattern} from '../../src/model/journal/pattern.ts';
import {FailureError} from '../../src/model/failure.ts';
import {localMs} from '../../src/model/time.ts';
import {following, oneNode, pollAt, sampleOf, t0} from './sample-node.ts';

const project = join(import.meta.dirname, '..', '..');
const text = (path: string) => readFileSync(join(project, path), 'utf8');
const isHere = spawnSync('promtool', ['--version'], {stdio: 'ignore'}).status === 0;

test.skipIf(!isHere)('each alert fires on what ktop tells of its fault, and on nothing beside it', () => {
  const ran = spawnSync('promtool', ['test', 'rules', join(import.meta.dirname, 'alert-rules.test.yaml')], {
    encoding: 'utf8',
  });
  expect(`${ran.stdout}${ran.stderr}`).toContain('SUCCESS');
  expect(ran.status).toBe(0);
  // None is left out.
  const alerts = [...text('docs/prometheus-rules.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const tested = text('test/exporter/alert-rules.test.yaml');
  expect(alerts.filter((name) => !new RegExp(`alertname: ${name}\n\\s+exp_alerts`).test(tested))).toEqual([]);
});

/** The labels of each name in a scrape of a node of which there is something to be told everywhere. */
function scraped(): ReadonlyMap<string, ReadonlySet<string>> {
  const compiled = compilePattern('x');
  if (!compiled.ok) throw new Error(compiled.problem);
  const {registry, node, scrape} = oneNode(1000, {patterns: [{name: 'x', pattern: compiled.pattern}]});
  registry.pollMs = 5000;
  const {failure} = new FailureError({tried: 'GET', problem: 'refused', next: null});
  node.apply({type: 'stats-stream', state: {kind: 'reconnecting', since: localMs(t0), attempt: 1, failure}});
  node.apply(following);
  node.apply({type: 'journal-stream', state: {kind: 'following', since: localMs(t0)}});
  const facts = {kubeletPid: null, kubeletStartedAt: null, verbosity: null, housekeepingIntervalMs: 10_000};
  node.apply({type: 'facts', at: localMs(t0), facts: {...facts, kubeletVersion: 'v1.36.2'}});
  for (const at of [0, 12_000, 25_000]) node.apply(pollAt(t0 + at + 1000, [sampleOf('web', t0 + at)]));
  const told = new Map<string, Set<string>>();
  for (const line of scrape(t0 + 30_000)) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = told.get(name) ?? told.set(name, new Set()).get(name);
    for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) known?.add(label);
    // A native histogram has the name alone.
    if (name.endsWith('_bucket')) told.set(name.slice(0, -'_bucket'.length), new Set([...(known ?? [])]));
  }
  return told;
}

/** Expressions of the rules and the dashboard, each with what its words may name labels in: `{{ $labels.node }}`. */
function expressions(): readonly {readonly expr: string; readonly words: string}[] {
  const {groups} = load(text('docs/prometheus-rules.yaml')) as {
    groups: readonly {rules: readonly {expr: string; annotations: Readonly<Record<string, string>>}[]}[];
  };
  const ofRules = groups.flatMap(({rules}) =>
    rules.map(({expr, annotations}) => ({expr, words: Object.values(annotations).join(' ')})),
  );
  const dashboard = text('docs/grafana-dashboard.json');
  const ofPanels = [...dashboard.matchAll(/"expr": (".*"),\n\s*"legendFormat": (".*")/g)];
  const ofVariables = [...dashboard.matchAll(/"label_values\((\w+), (\w+)\)"/g)];
  // As many as there are: none is overlooked.
  expect(ofPanels).toHaveLength(dashboard.split('"expr"').length - 1);
  return [
    ...ofRules,
    ...ofPanels.map(([, expr = '', words = '']) => ({
      expr: JSON.parse(expr) as string,
      words: JSON.parse(words) as string,
    })),
    ...ofVariables.map(([, expr = '', label = '']) => ({expr, words: `{{${label}}}`})),
    ...[...text('docs/prometheus.md').matchAll(/```promql\n([^`]*)```/g)].map(([, expr = '']) => ({expr, words: ''})),
    ...[...text('test/exporter/alert-rules.test.yaml').matchAll(/series: (.*)/g)].map(([, expr = '']) => ({
      expr,
      words: '',
    })),
  ];
}

test('rules, dashboard and promtool’s series ask for nothing that a scrape does not have, no name and no label', () => {
  const told = scraped();
  // Prometheus' own.
  const added = ['job', 'instance', 'le'];
  const missing: string[] = [];
  for (const {expr, words} of expressions()) {
    const plain = expr.replaceAll(/"[^"]*"/g, '""');
    const names = [...plain.matchAll(/\b(?:ktop|process)_\w+/g)].map(([name]) => name);
    if (names.length === 0 && !expr.startsWith('up{')) missing.push(`nothing of ktop in ${expr}`);
    const labels = new Set(added);
    for (const name of names) {
      if (!told.has(name)) missing.push(name);
      for (const label of told.get(name) ?? []) labels.add(label);
    }
    const asked = [
      ...[...plain.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*""/g)].map(([, label]) => label),
      ...[...plain.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap(([, all = '']) => all.split(/, */)),
      ...[...words.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label),
    ];
    for (const label of asked) if (!labels.has(label ?? '')) missing.push(`${label} of ${expr}`);
  }
  expect(missing).toEqual([]);
});
