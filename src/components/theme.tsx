import {createContext, useContext} from 'react';
import type {Background} from '../model/screen/background.ts';
import {paletteOf, type Depth, type Palette, type PaletteName} from './palettes.ts';

/** Colours by what they mean, and whether the terminal can draw more than ASCII. */
export interface Theme extends Palette {
  readonly unicode: boolean;
}

/** The themes as the user names them. */
export type ThemeName = 'auto' | 'dark' | 'light' | 'solarized' | 'mono';

/** What is known of the terminal. */
export interface TerminalLook {
  readonly depth: Depth;
  /** What its background is like; null: unknown, which is taken for dark. */
  readonly background: Background | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The theme that was asked for; without one, `NO_COLOR` (https://no-color.org: set and not empty) means mono. Whether
 * UTF-8 can be drawn is read as the C library does: `LC_ALL` over `LC_CTYPE` over `LANG`.
 */
export function chooseTheme(name: ThemeName | null, env: Env, look: TerminalLook): Theme {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? '';
  // Without any locale most terminals still draw UTF-8; `C` and `POSIX` say that this one does not.
  const unicode = locale === '' || /utf-?8/i.test(locale);
  return {...paletteOf(settled(name ?? (isPlain(env) ? 'mono' : 'auto'), look.background), look.depth), unicode};
}

/** Whether the theme depends on what the terminal's background is like. */
export function needsBackground(name: ThemeName | null, env: Env): boolean {
  return name === 'auto' || name === 'solarized' || (name === null && !isPlain(env));
}

const isPlain = (env: Env): boolean => env.NO_COLOR !== undefined && env.NO_COLOR !== '';

function settled(name: ThemeName, background: Background | null): PaletteName {
  const shade = background ?? 'dark';
  if (name === 'auto') return shade;
  return name === 'solarized' ? `solarized-${shade}` : name;
}

/** How a text that matters less is drawn. */
export function dimmed(theme: Theme): {readonly color: string | undefined; readonly dimColor: boolean} {
  return {color: theme.dim, dimColor: theme.dim === undefined};
}

/** The same for a row that is painted. */
export function dimStyle(theme: Theme): {readonly color: string | undefined; readonly dim: boolean} {
  return {color: theme.dim, dim: theme.dim === undefined};
}

const ThemeContext = createContext<Theme>({...paletteOf('dark', 'many'), unicode: true});
export const ThemeProvider = ThemeContext.Provider;

/** The theme that the screen was started with. */
export function useTheme(): Theme {
  return useContext(ThemeContext);
}
