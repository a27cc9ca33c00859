import type {KeyPress} from './key.ts';

/** A line that is being typed; `cursor` counts code points from the left. */
export interface LineEdit {
  readonly text: string;
  readonly cursor: number;
}

/** A line to edit, the cursor at its end. */
export function lineEdit(text: string): LineEdit {
  return {text, cursor: Array.from(text).length};
}

/** The line with text put in at the cursor. */
export function insertText(line: LineEdit, text: string): LineEdit {
  const points = Array.from(line.text);
  const added = Array.from(text);
  return {
    text: [...points.slice(0, line.cursor), ...added, ...points.slice(line.cursor)].join(''),
    cursor: line.cursor + added.length,
  };
}

/** The line after a key, with readline's keys; the same object where the key does nothing to a line. */
export function editLine(line: LineEdit, press: KeyPress): LineEdit {
  const points = Array.from(line.text);
  const before = points.slice(0, line.cursor);
  const after = points.slice(line.cursor);
  const made = (left: readonly string[], right: readonly string[]): LineEdit => ({
    text: [...left, ...right].join(''),
    cursor: left.length,
  });
  switch (press.name) {
    case 'left':
    case 'ctrl+b':
      return {...line, cursor: Math.max(0, line.cursor - 1)};
    case 'right':
    case 'ctrl+f':
      return {...line, cursor: Math.min(points.length, line.cursor + 1)};
    case 'home':
    case 'ctrl+a':
      return {...line, cursor: 0};
    case 'end':
    case 'ctrl+e':
      return {...line, cursor: points.length};
    case 'backspace':
    case 'ctrl+h':
      return made(before.slice(0, -1), after);
    case 'delete':
      return made(before, after.slice(1));
    case 'ctrl+u':
      return made([], after);
    case 'ctrl+k':
      return made(before, []);
    case 'ctrl+w':
      return made(before.slice(0, wordStart(before)), after);
    default:
      return press.text === '' ? line : made([...before, press.text], after);
  }
}

/** Where the last word of these characters begins, the blanks behind it counted to it. */
function wordStart(points: readonly string[]): number {
  const isBlank = (point: string): boolean => point.trim() === '';
  const end = points.findLastIndex((point) => !isBlank(point));
  return end === -1 ? points.length : points.findLastIndex((point, at) => at <= end && isBlank(point)) + 1;
}
