import {Text} from './text.tsx';
import {memo} from 'react';
import type {Row, Tone} from '../model/draw/canvas.ts';
import {dimmed, type Theme} from './theme.tsx';

/** One row that a model drew. Rows that stay the same object as long as they look the same are not drawn again. */
export const DrawnRow = memo(function DrawnRow({row, theme}: {readonly row: Row; readonly theme: Theme}) {
  return (
    <Text wrap="truncate">
      {row.map((span, i) => (
        <Text key={i} color={colorOf(span.tone, theme)} {...weightOf(span.tone, theme)}>
          {span.text}
        </Text>
      ))}
    </Text>
  );
});

/** Bold or dim by meaning; without colours series take turns in it, to be told apart all the same. */
function weightOf(tone: Tone, theme: Theme): {readonly bold: boolean; readonly dimColor: boolean} {
  const turn = typeof tone === 'number' && theme.series.length === 1 ? tone % 3 : 0;
  return {bold: tone === 'strong' || turn === 1, dimColor: turn === 2 || (tone === 'dim' && dimmed(theme).dimColor)};
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
