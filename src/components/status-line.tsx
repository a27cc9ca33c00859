import {fitParts, type StatusPart} from '../model/screen/status-text.ts';
import {cellWidth} from '../model/draw/width.ts';
import {paintRow, type PaintedRow} from './painted.ts';
import {Rows} from './rows.tsx';
import {dimStyle, useTheme, type Theme} from './theme.tsx';

/**
 * One or two rows at the bottom: what is watched and how, and the last thing that went wrong or was done; without such
 * a message the keys. A single row ends with the one key that leads to all others.
 */
export function StatusLine(props: {
  readonly parts: readonly StatusPart[];
  readonly message: StatusPart | null;
  readonly keys: readonly string[];
  readonly width: number;
  readonly rows: number;
}): React.JSX.Element {
  const {parts, message, width, rows} = props;
  const theme = useTheme();
  const [help = noKey, ...more] = props.keys.map((text): StatusPart => ({text, tone: 'dim'}));
  const room = rows > 1 ? width : width - cellWidth(separator) - cellWidth(help.text);
  const output = fitParts(parts, separator, room);
  const second = message ?? {...help, text: joined(fitParts([help, ...more], separator, width))};
  const lines = [
    ...(rows > 1 ? [output] : message === null ? [[...output, help]] : []),
    ...(rows > 1 || message !== null ? [[second]] : []),
  ];
  return <Rows rows={lines.map((line) => partsRow(line, theme, width))} width={width} height={rows} />;
}

const separator = ' · ';
const noKey: StatusPart = {text: '', tone: 'dim'};

const joined = (parts: readonly StatusPart[]) => parts.map(({text}) => text).join(separator);

function partsRow(parts: readonly StatusPart[], theme: Theme, width: number): PaintedRow {
  return paintRow(
    parts.map(({text, tone}, index) => ({
      text: (index === 0 ? '' : separator) + text,
      ...(tone === 'dim' ? dimStyle(theme) : {color: toneColor(tone, theme)}),
    })),
    width,
  );
}

/** The colour of a tone; that of `dim` is a style of its own. */
export function toneColor(tone: StatusPart['tone'], theme: Theme): string | undefined {
  switch (tone) {
    case 'good':
      return theme.good;
    case 'warning':
      return theme.warning;
    case 'bad':
      return theme.bad;
    case 'plain':
    case 'dim':
      return undefined;
  }
}
