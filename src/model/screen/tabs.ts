import {safeName} from '../draw/safe-text.ts';
import {tellApart} from '../draw/tell-apart.ts';
import {cellWidth} from '../draw/width.ts';
import type {NodeState} from './node-state.ts';
import type {StatusPart} from './status-text.ts';

/** What the tab of a node tells. */
export interface TabFacts {
  readonly name: string;
  readonly state: NodeState;
  /** Matching journal lines since the node was looked at last. */
  readonly unseen: number;
}

/** A piece of the row of tabs. */
export interface TabPiece {
  readonly text: string;
  readonly tone: StatusPart['tone'];
  /** The node of the tab that it belongs to; null between the tabs. */
  readonly node: number | null;
  readonly isActive: boolean;
}

/** Which of several nodes is looked at. */
export class Tabs {
  readonly #count: () => number;
  #active = 0;

  /** `count` tells how many there are. */
  constructor(count: () => number) {
    this.#count = count;
  }

  /** The one that is looked at, from 0. */
  get active(): number {
    return this.#active;
  }

  /** The next one (1) or the one before (-1), round the ends. */
  step(step: 1 | -1): number {
    return (this.#active + step + this.#count()) % this.#count();
  }

  /** Goes to a node; false where there is none. */
  goTo(node: number): boolean {
    if (!Number.isInteger(node) || node < 0 || node >= this.#count()) return false;
    this.#active = node;
    return true;
  }
}

/** A number that takes three cells at most: `7`, `312`, `4k`, `1M`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1e6)}M`;
}

/** Shorter names before fewer tabs; a name of less tells nothing. */
const nameWidths = [40, 24, 16, 10] as const;

/**
 * The row of tabs in `width` cells. Where not all fit, first the word of those that are well gives way (their colour
 * stays), then names, then the tabs that are furthest from the active one, whose number and worst state the ends tell.
 */
export function tabRow(tabs: readonly TabFacts[], active: number, width: number): readonly TabPiece[] {
  for (const nameWidth of nameWidths) {
    const names = namesOf(tabs, active, nameWidth);
    for (const isTerse of [false, true]) {
      const all = tabs.map((tab, i) => tabPieces(tab, i, active, {name: names[i] ?? '', isTerse}));
      if (all.reduce((sum, one) => sum + cellsOf(one), 0) <= width) return all.flat();
    }
  }
  return windowed(tabs, active, width);
}

/** The one that is looked at keeps more of its name. */
function namesOf(tabs: readonly TabFacts[], active: number, width: number): readonly string[] {
  const whole = tabs.map(({name}) => safeName(name));
  const looked = tellApart(whole, Math.max(width, nameWidths[1]))[active];
  return tellApart(whole, width).map((name, i) => (i === active ? (looked ?? name) : name));
}

interface TabStyle {
  readonly name: string;
  readonly isTerse: boolean;
}

function tabPieces(tab: TabFacts, node: number, active: number, {name, isTerse}: TabStyle): readonly TabPiece[] {
  const isActive = node === active;
  const {state, unseen} = tab;
  const piece = (text: string, tone: StatusPart['tone']): TabPiece => ({text, tone, node, isActive});
  const word = isTerse && state.kind === 'fresh' ? '' : ` ${state.text}`;
  return [
    piece(` ${node + 1} `, isActive ? 'plain' : 'dim'),
    piece(name, word === '' ? state.tone : 'plain'),
    ...(word === '' ? [] : [piece(word, state.tone)]),
    ...(unseen === 0 ? [] : [piece(` +${shortCount(unseen)}`, 'warning')]),
    piece(' ', 'dim'),
  ];
}

const cellsOf = (pieces: readonly TabPiece[]): number => pieces.reduce((sum, {text}) => sum + cellWidth(text), 0);

function windowed(tabs: readonly TabFacts[], active: number, width: number): readonly TabPiece[] {
  const names = namesOf(tabs, active, nameWidths[3]);
  const made = tabs.map((tab, i) => tabPieces(tab, i, active, {name: names[i] ?? '', isTerse: true}));
  const rowOf = (from: number, to: number): readonly TabPiece[] => [
    ...endPiece(tabs.slice(0, from), '‹'),
    ...made.slice(from, to).flat(),
    ...endPiece(tabs.slice(to), '›'),
  ];
  const fits = (from: number, to: number): boolean =>
    from >= 0 && to <= tabs.length && cellsOf(rowOf(from, to)) <= width;
  let [from, to] = [active, active + 1];
  for (;;) {
    if (fits(from, to + 1)) to += 1;
    else if (fits(from - 1, to)) from -= 1;
    else return rowOf(from, to);
  }
}

/** How many tabs lie beyond an end, and how many of those are not well. */
function endPiece(hidden: readonly TabFacts[], arrow: '‹' | '›'): readonly TabPiece[] {
  if (hidden.length === 0) return [];
  const bad = hidden.filter(({state}) => state.tone === 'bad').length;
  const late = hidden.filter(({state}) => state.tone === 'warning').length;
  const told = bad > 0 ? ` · ${bad} bad` : late > 0 ? ` · ${late} late` : '';
  const text = arrow === '‹' ? `‹ ${hidden.length}${told} ` : ` ${hidden.length}${told} ›`;
  return [{text, tone: bad > 0 ? 'bad' : late > 0 ? 'warning' : 'dim', node: null, isActive: false}];
}

/** The node whose tab is at a cell (from 0) of the row; null where there is none. */
export function tabAt(pieces: readonly TabPiece[], column: number): number | null {
  let end = 0;
  for (const {text, node} of pieces) {
    end += cellWidth(text);
    if (column < end) return node;
  }
  return null;
}
