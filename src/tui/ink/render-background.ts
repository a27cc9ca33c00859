import type {PaintedRow} from '../../components/painted.ts';
import type Output from './output.ts';
import renderColour, {type InkBox} from 'ink-stock/render-background.js';

/**
 * In place of Ink's module of this name: what lies under the children of a box. Besides a colour that may be the
 * finished rows of `src/components/rows.tsx`.
 */
export default function renderBackground(x: number, y: number, node: InkBox, output: Output): void {
  const {rows} = node.attributes;
  if (isRows(rows)) output.paint(x, y, rows);
  else renderColour(x, y, node, output);
}

/** Nothing but `Rows` gives a box this attribute. */
function isRows(value: unknown): value is readonly PaintedRow[] {
  return Array.isArray(value);
}
