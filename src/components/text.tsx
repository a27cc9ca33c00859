import {Text as InkText, type TextProps} from 'ink';
import {createElement, type ReactNode} from 'react';
import {clip, safeLine} from '../model/draw/safe-text.ts';

/** No screen is wider, whatever does not show is counted in. */
const mostCharacters = 16_384;

/**
 * Text on the screen. Everything that is drawn goes through here (the linter keeps it so), and nothing comes out that a
 * terminal would obey: Ink itself lets colours, links, titles and clipboard sequences of a text pass. Models make
 * outside text safe before they measure it; this is for what they forget.
 */
export function Text({children, ...props}: TextProps): React.JSX.Element {
  return createElement(InkText, props, ...(Array.isArray(children) ? children.map(safe) : [safe(children)]));
}

function safe(child: ReactNode): ReactNode {
  if (typeof child === 'string') return safeLine(clip(child, mostCharacters));
  return Array.isArray(child) ? child.map(safe) : child;
}
