/** What a terminal draws on. */
export type Background = 'dark' | 'light';

/**
 * Reads a terminal's answer to the question for its background (OSC 11), such as `rgb:1e1e/1e1e/1e1e`, `rgba:…` or
 * `#fdf6e3`; null where it is none.
 */
export function backgroundOf(colour: string): Background | null {
  const parts = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/i.exec(colour);
  const short = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  const [, ...digits] = parts ?? short ?? [];
  if (digits.length < 3) return null;
  const [red = 0, green = 0, blue = 0] = digits.map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
  // Half of what the eye takes for bright (luma of ITU-R BT.601), as vim and others draw the line.
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark';
}

/** What rxvt, Konsole and others leave in `COLORFGBG`: `15;0`, or `15;default;0`; null where it says nothing. */
export function backgroundFrom(colorFgBg: string | undefined): Background | null {
  const last = /^\d{1,2};(?:.*;)?(\d{1,2})$/.exec(colorFgBg ?? '')?.[1];
  if (last === undefined) return null;
  const index = Number(last);
  if (index > 15) return null;
  return index === 7 || index >= 9 ? 'light' : 'dark';
}
