/** The panes, in the order in which tab goes through them. */
export const panes = ['journal', 'cpu', 'housekeeping'] as const;
export type Pane = (typeof panes)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where everything goes on a screen; a pane that is absent is hidden behind the zoomed one. */
export type Layout =
  | {readonly kind: 'too-small'}
  | {readonly kind: 'zoomed'; readonly pane: Pane; readonly size: Size; readonly statusRows: number}
  | {
      readonly kind: 'all';
      readonly cpu: Size;
      readonly housekeeping: Size;
      readonly journal: Size;
      readonly statusRows: number;
    };

export const smallest: Size = {width: 60, height: 15};

/**
 * Shares the screen out: CPU and housekeeping side by side (with a column between them), the journal across below
 * them, then `barRows` of a recording's time bar, the status line last. The heights add up to the screen's, never to more:
 * a taller frame makes Ink clear all.
 */
export function paneLayout(screen: Size, zoomed: Pane | null, barRows = 0): Layout {
  const {width, height} = screen;
  if (width < smallest.width || height < smallest.height) return {kind: 'too-small'};
  const statusRows = height >= 24 ? 2 : 1;
  const rows = height - statusRows - barRows;
  if (zoomed !== null) return {kind: 'zoomed', pane: zoomed, size: {width, height: rows}, statusRows};
  const top = Math.max(7, Math.round(rows * 0.48));
  const housekeepingWidth = Math.floor(width * (width >= 100 ? 0.44 : 0.48));
  return {
    kind: 'all',
    cpu: {width: width - housekeepingWidth - 1, height: top},
    housekeeping: {width: housekeepingWidth, height: top},
    journal: {width, height: rows - top},
    statusRows,
  };
}

/** The row below a pane's header, from 0, that a row of the screen is; negative on the header. */
export function rowInPane(layout: Layout, pane: Pane, row: number): number {
  return row - (layout.kind === 'all' && pane === 'journal' ? layout.cpu.height : 0) - 1;
}

/**
 * The rows of tabs above the panes, and what is left for these: with one node there are none, and none where the panes need
 * every row.
 */
export function paneRows(screen: Size, nodes: number): {readonly tabs: 0 | 1; readonly panes: Size} {
  const tabs = nodes > 1 && screen.height > smallest.height ? 1 : 0;
  return {tabs, panes: {...screen, height: screen.height - tabs}};
}

/** The pane that a cell (from 0) belongs to; null on the status line and between panes. */
export function paneAt(layout: Layout, {column, row}: {readonly column: number; readonly row: number}): Pane | null {
  if (layout.kind === 'too-small') return null;
  if (layout.kind === 'zoomed') return row < layout.size.height ? layout.pane : null;
  if (row >= layout.cpu.height) return row < layout.cpu.height + layout.journal.height ? 'journal' : null;
  if (column < layout.cpu.width) return 'cpu';
  return column > layout.cpu.width ? 'housekeeping' : null;
}

/** The row (from 0) below the panes: that of the time bar, where there is one; null where there are no panes. */
export function barRow(layout: Layout): number | null {
  if (layout.kind === 'too-small') return null;
  return layout.kind === 'zoomed' ? layout.size.height : layout.cpu.height + layout.journal.height;
}
