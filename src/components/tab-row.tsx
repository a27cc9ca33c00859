import type {TabPiece} from '../model/screen/tabs.ts';
import {paintRow} from './painted.ts';
import {Rows} from './rows.tsx';
import {toneColor} from './status-line.tsx';
import {dimStyle, useTheme} from './theme.tsx';

/** The row of tabs, one a node. Just `width` cells. */
export function TabRow({
  pieces,
  width,
}: {
  readonly pieces: readonly TabPiece[];
  readonly width: number;
}): React.JSX.Element {
  const theme = useTheme();
  const row = paintRow(
    pieces.map(({text, tone, isActive}) => ({
      text,
      inverse: isActive,
      bold: isActive,
      ...(tone === 'dim' ? dimStyle(theme) : {color: toneColor(tone, theme)}),
    })),
    width,
  );
  return <Rows rows={[row]} width={width} height={1} />;
}
