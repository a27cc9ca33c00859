import {expect, test} from 'vitest';
import {chooseTheme, lightTheme} from '../../src/components/theme.tsx';

test('NO_COLOR means no colour at all, unless a theme is asked for', () => {
  const colours = (theme: ReturnType<typeof chooseTheme>) =>
    [theme.accent, theme.good, theme.warning, theme.bad, ...theme.series].filter((colour) => colour !== undefined);
  expect(colours(chooseTheme(null, {NO_COLOR: '1'}))).toEqual([]);
  expect(colours(chooseTheme(null, {NO_COLOR: ''}))).not.toEqual([]);
  expect(chooseTheme('light', {NO_COLOR: '1'}).series).toEqual(lightTheme.series);
});

test('only a UTF-8 locale, or none at all, gets more than ASCII', () => {
  expect(chooseTheme(null, {LANG: 'C'}).unicode).toBe(false);
  expect(chooseTheme(null, {LANG: 'de_DE.UTF-8'}).unicode).toBe(true);
  expect(chooseTheme(null, {LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8'}).unicode).toBe(false);
  expect(chooseTheme(null, {}).unicode).toBe(true);
});
