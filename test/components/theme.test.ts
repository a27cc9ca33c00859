import {expect, test} from 'vitest';
import {chooseTheme, needsBackground} from '../../src/components/theme.tsx';
import {backgrounds, paletteOf, type Palette} from '../../src/components/palettes.ts';

const many = {depth: 'many', background: null} as const;
const colours = (theme: Palette) =>
  [theme.accent, theme.good, theme.warning, theme.bad, theme.dim, theme.rule, ...theme.series].filter(
    (colour) => colour !== undefined,
  );

test('NO_COLOR means no colour at all, unless a theme is asked for', () => {
  expect(colours(chooseTheme(null, {NO_COLOR: '1'}, many))).toEqual([]);
  expect(colours(chooseTheme(null, {NO_COLOR: ''}, many))).not.toEqual([]);
  expect(chooseTheme('light', {NO_COLOR: '1'}, many).series).toEqual(paletteOf('light', 'many').series);
  expect([needsBackground(null, {NO_COLOR: '1'}), needsBackground(null, {})]).toEqual([false, true]);
});

test('only a UTF-8 locale, or none at all, gets more than ASCII', () => {
  const unicode = (env: Record<string, string>) => chooseTheme(null, env, many).unicode;
  expect(unicode({LANG: 'C'})).toBe(false);
  expect(unicode({LANG: 'de_DE.UTF-8'})).toBe(true);
  expect(unicode({LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8'})).toBe(false);
  expect(unicode({})).toBe(true);
});

test('auto and solarized follow the background, and take an unknown one for dark', () => {
  const accent = (name: 'auto' | 'solarized', background: 'dark' | 'light' | null) =>
    chooseTheme(name, {}, {depth: 'many', background}).accent;
  expect(accent('auto', null)).toBe(paletteOf('dark', 'many').accent);
  expect(accent('auto', 'light')).toBe(paletteOf('light', 'many').accent);
  expect(accent('solarized', 'light')).toBe(paletteOf('solarized-light', 'many').accent);
  expect(accent('solarized', 'dark')).toBe(paletteOf('solarized-dark', 'many').accent);
});

test('every colour of every theme can be read on its backgrounds: contrast 4.5 or more (WCAG 2)', () => {
  const low: string[] = [];
  for (const name of ['dark', 'light', 'solarized-dark', 'solarized-light'] as const) {
    for (const colour of colours(paletteOf(name, 'many'))) {
      for (const background of backgrounds[name]) {
        const ratio = contrast(rgbOf(colour), rgbOf(background));
        if (ratio < 4.5) low.push(`${name}: ${colour} on ${background} is ${ratio.toFixed(2)}`);
      }
    }
  }
  expect(low).toEqual([]);
});

test('no two series have one colour, on a console of sixteen colours either', () => {
  for (const depth of ['many', 'sixteen'] as const) {
    for (const name of ['dark', 'light', 'solarized-dark', 'solarized-light'] as const) {
      const {series} = paletteOf(name, depth);
      expect(new Set(series).size, `${name} ${depth}`).toBe(series.length);
    }
  }
});

/** Red, green and blue from 0 to 1; a number of xterm's palette as xterm defines it. */
function rgbOf(colour: string): readonly number[] {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (hex !== null) return hex.slice(1).map((part) => Number.parseInt(part, 16) / 255);
  const index = Number(/^ansi256\((\d+)\)$/.exec(colour)?.[1]);
  if (index >= 232) return Array<number>(3).fill((8 + (index - 232) * 10) / 255);
  expect(index).toBeGreaterThanOrEqual(16);
  const levels = [0, 95, 135, 175, 215, 255];
  return [36, 6, 1].map((step) => (levels[Math.floor((index - 16) / step) % 6] ?? 0) / 255);
}

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(one: readonly number[], other: readonly number[]): number {
  const luminance = (rgb: readonly number[]) =>
    rgb
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
