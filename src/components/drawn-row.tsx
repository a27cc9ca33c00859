import {Text} from 'ink';
import {memo} from 'react';
import type {Row, Tone} from '../model/cpu/canvas.ts';
import type {Theme} from './theme.tsx';

/** One row that a model drew. Rows that stay the same object as long as they look the same are not drawn again. */
export const DrawnRow = memo(function DrawnRow({row, theme}: {readonly row: Row; readonly theme: Theme}) {
  return (
    <Text wrap="truncate">
      {row.map((span, i) => (
        <Text key={i} color={colorOf(span.tone, theme)} dimColor={span.tone === 'dim'} bold={span.tone === 'strong'}>
          {span.text}
        </Text>
      ))}
    </Text>
  );
});

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
    case 'plain':
    case 'dim':
    case 'strong':
      return undefined;
  }
}
