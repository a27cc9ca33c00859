import type {LineEdit} from '../model/screen/line-edit.ts';
import {Text} from './text.tsx';
import {useTheme} from './theme.tsx';

/** A row in which something is typed, with its cursor, behind a label. */
export function TypedLine({label, line}: {readonly label: string; readonly line: LineEdit}): React.JSX.Element {
  const theme = useTheme();
  const points = Array.from(line.text);
  return (
    <Text wrap="truncate">
      <Text bold color={theme.accent}>
        {label}
      </Text>
      {points.slice(0, line.cursor).join('')}
      <Text inverse>{points[line.cursor] ?? ' '}</Text>
      {points.slice(line.cursor + 1).join('')}
    </Text>
  );
}
