import {JournalModel} from '../../../src/model/journal/journal-model.ts';
import {compilePattern, type LinePattern} from '../../../src/model/journal/pattern.ts';

/** So many lines in so many milliseconds, as text. */
export const rate = (count: number, ms: number): string =>
  `${Math.round((count / ms) * 1000).toLocaleString('en')} lines/s`;

function patternOf(source: string): LinePattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.pattern;
}

/** The journal of a pane as it is watched: a pattern, an exclusion, a full scrollback. */
export function journalModel(): JournalModel {
  return new JournalModel({
    scrollback: 50_000,
    units: ['kubelet'],
    kubeletUnit: 'kubelet',
    grep: patternOf('housekeeping container="/kubepods/.*" interval'),
    exclude: [patternOf('Relisting')],
    severity: null,
    contextLines: 0,
    fold: true,
    watched: () => [],
    elapsedMs: () => performance.now(),
  });
}
