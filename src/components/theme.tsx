import {createContext, useContext} from 'react';

/** Colours by what they mean, and whether the terminal can draw more than ASCII. */
export interface Theme {
  readonly unicode: boolean;
  readonly accent: string | undefined;
  readonly good: string | undefined;
  readonly warning: string | undefined;
  readonly bad: string | undefined;
  /** One a series. From the palette of Okabe and Ito, which people see apart whatever colours they see. */
  readonly series: readonly (string | undefined)[];
}

const defaultTheme: Theme = {
  unicode: true,
  accent: 'cyan',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  series: ['#56B4E9', '#E69F00', '#009E73', '#F0E442', '#CC79A7', '#D55E00', '#BBBBBB'],
};

/** For light backgrounds: nothing yellow. */
export const lightTheme: Theme = {
  unicode: true,
  accent: 'blue',
  good: '#00664B',
  warning: '#A65300',
  bad: 'red',
  series: ['#0072B2', '#D55E00', '#009E73', '#A8478A', '#8A6000', '#2B8CC4', '#444444'],
};

/** No colours at all: bold, dim and inverse only. */
const monoTheme: Theme = {
  unicode: true,
  accent: undefined,
  good: undefined,
  warning: undefined,
  bad: undefined,
  series: [undefined],
};

const themes = {default: defaultTheme, light: lightTheme, mono: monoTheme};

/**
 * The theme that was asked for; without one, `NO_COLOR` (https://no-color.org: set and not empty) means mono. Whether
 * UTF-8 can be drawn is read as the C library does: `LC_ALL` over `LC_CTYPE` over `LANG`.
 */
export function chooseTheme(
  name: keyof typeof themes | null,
  env: Readonly<Record<string, string | undefined>>,
): Theme {
  const isPlain = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? '';
  // Without any locale most terminals still draw UTF-8; `C` and `POSIX` say that this one does not.
  const unicode = locale === '' || /utf-?8/i.test(locale);
  return {...themes[name ?? (isPlain ? 'mono' : 'default')], unicode};
}

const ThemeContext = createContext(defaultTheme);
export const ThemeProvider = ThemeContext.Provider;

/** The theme that the screen was started with. */
export function useTheme(): Theme {
  return useContext(ThemeContext);
}
