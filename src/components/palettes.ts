/** Every colour on the screen, by what it means; a component asks for a role and never for a colour. */
export interface Palette {
  readonly accent: string | undefined;
  readonly good: string | undefined;
  readonly warning: string | undefined;
  readonly bad: string | undefined;
  /** What matters less. Undefined: the terminal's own way to make a text dim. */
  readonly dim: string | undefined;
  /** ktop's own lines between the journal's. */
  readonly rule: string | undefined;
  /** One a series. Near the palette of Okabe and Ito, which people see apart whatever colours they see. */
  readonly series: readonly (string | undefined)[];
}

/** What a terminal can show: nothing but bold and inverse, the sixteen colours that it names, or the 256 of xterm. */
export type Depth = 'none' | 'sixteen' | 'many';

/** The theme that was settled on. */
export type PaletteName = 'dark' | 'light' | 'solarized-dark' | 'solarized-light' | 'mono';

/**
 * A colour of xterm's cube and grey ramp (16–255): the same on every terminal, where the sixteen below are whatever the
 * user made of them, and understood by those that know 16 million colours as well.
 */
const cube = (index: number): string => `ansi256(${index})`;

/** The backgrounds on which a palette is readable: each of its colours has a contrast of 4.5 or more on each of them. */
export const backgrounds: Readonly<Record<Exclude<PaletteName, 'mono'>, readonly string[]>> = {
  dark: ['#000000', '#1e1e1e', '#282c34', '#2e3440'],
  light: ['#ffffff', '#fafafa', '#eeeeee'],
  'solarized-dark': ['#002b36', '#073642'],
  'solarized-light': ['#fdf6e3', '#eee8d5'],
};

const dark: Palette = {
  accent: cube(81),
  good: cube(78),
  warning: cube(221),
  bad: cube(210),
  dim: cube(248),
  rule: cube(116),
  series: [75, 214, 79, 227, 176, 209, 251].map(cube),
};

const light: Palette = {
  accent: cube(25),
  good: cube(22),
  warning: cube(94),
  bad: cube(124),
  dim: cube(240),
  rule: cube(24),
  series: [25, 94, 23, 90, 124, 58, 238].map(cube),
};

const solarizedDark: Palette = {
  accent: cube(75),
  good: cube(148),
  warning: cube(178),
  bad: cube(210),
  dim: cube(247),
  rule: cube(116),
  series: [74, 178, 79, 229, 211, 209, 252].map(cube),
};

/** The terminal's own sixteen: what they look like is not ours to know; the series are told apart by name. */
const sixteenDark: Palette = {
  accent: 'cyan',
  good: 'green',
  warning: 'yellow',
  bad: 'redBright',
  dim: 'white',
  rule: 'cyan',
  series: ['cyanBright', 'yellow', 'greenBright', 'magentaBright', 'redBright', 'blueBright', 'white'],
};

const sixteenLight: Palette = {
  accent: 'blue',
  good: 'blue',
  warning: 'magenta',
  bad: 'red',
  dim: undefined,
  rule: 'blue',
  series: ['blue', 'red', 'magenta', 'black'],
};

const mono: Palette = {
  accent: undefined,
  good: undefined,
  warning: undefined,
  bad: undefined,
  dim: undefined,
  rule: undefined,
  series: [undefined],
};

const many: Readonly<Record<PaletteName, Palette>> = {
  dark,
  light,
  'solarized-dark': solarizedDark,
  'solarized-light': light,
  mono,
};

/** The colours of a theme on a terminal that can show so many. */
export function paletteOf(name: PaletteName, depth: Depth): Palette {
  if (depth === 'none') return mono;
  if (depth === 'many' || name === 'mono') return many[name];
  return name.endsWith('light') ? sixteenLight : sixteenDark;
}
