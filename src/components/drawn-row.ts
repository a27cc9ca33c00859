import type {Row, Tone} from '../model/draw/canvas.ts';
import {rememberRows} from './painted.ts';
import type {Theme} from './theme.tsx';

/** One row that a model drew. */
export const drawnRow = rememberRows((row: Row, theme: Theme) =>
  row.map(({text, tone}) => ({text, color: colorOf(tone, theme), ...weightOf(tone, theme)})),
);

/** Bold or dim by meaning; without colours series take turns in it, to be told apart all the same. */
function weightOf(tone: Tone, theme: Theme): {readonly bold: boolean; readonly dim: boolean} {
  const turn = typeof tone === 'number' && theme.series.length === 1 ? tone % 3 : 0;
  return {bold: tone === 'strong' || turn === 1, dim: turn === 2 || (tone === 'dim' && theme.dim === undefined)};
}

/** The colour that a tone has in a theme. */
export function colorOf(tone: Tone, theme: Theme): string | undefined {
  if (typeof tone === 'number') return theme.series[tone % theme.series.length];
  switch (tone) {
    case 'limit':
      return theme.bad;
    case 'request':
      return theme.good;
    case 'warning':
      return theme.warning;
    case 'dim':
      return theme.dim;
    case 'plain':
    case 'strong':
      return undefined;
  }
}
