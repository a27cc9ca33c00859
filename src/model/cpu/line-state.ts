import type {Tone} from '../draw/canvas.ts';
import {formatAge} from '../draw/units.ts';
import type {Line} from './line.ts';

/** The age of the newest sample, or why there is none. */
export function stateOf(line: Line, nowMs: number): {text: string; isAge: boolean; tone: Tone} {
  if (line.ended) return {text: 'ended', isAge: false, tone: 'dim'};
  if (line.latest === null) return {text: line.problem === null ? '' : 'bad', isAge: false, tone: 'warning'};
  const ageMs = nowMs - line.latest.atMs;
  // A sample cannot be from the future: then the clocks differ, and by how much is worth knowing.
  if (ageMs < -futureMs) return {text: `+${formatAge(-ageMs)}`, isAge: false, tone: 'warning'};
  return {text: formatAge(ageMs), isAge: true, tone: line.problem === null ? 'plain' : 'warning'};
}

/** Sample times that only have their second can be ahead by half of one. */
const futureMs = 1_000;
