import {createContext, useContext} from 'react';

/** Colours by what they mean, and whether the terminal can draw more than ASCII. */
export interface Theme {
  readonly unicode: boolean;
  readonly accent: string | undefined;
  readonly good: string | undefined;
  readonly warning: string | undefined;
  readonly bad: string | undefined;
}

export const defaultTheme: Theme = {
  unicode: true,
  accent: 'cyan',
  good: 'green',
  warning: 'yellow',
  bad: 'red',
};

const ThemeContext = createContext(defaultTheme);
export const ThemeProvider = ThemeContext.Provider;

export function useTheme(): Theme {
  return useContext(ThemeContext);
}
