import {safeLine} from '../draw/safe-text.ts';
import {formatClock} from '../draw/units.ts';
import type {StatusPart} from '../screen/status-text.ts';

/** Where the player of a recording stands. */
export interface PlayerState {
  /** The recording's folder, as it was named. */
  readonly dir: string;
  readonly atMs: number;
  readonly speed: number;
  readonly isPlaying: boolean;
  /** `going`: on the way to where it was told to go; `reading`: the next event has not been read yet. */
  readonly end: 'none' | 'going' | 'reading' | 'ended';
  /** How much of it has been read, 0–1, or null where nobody knows how long it is; 1 at the end. */
  readonly read: number | null;
  /** Said at the end: why there is no more. */
  readonly endNote: string | null;
}

/** What the status line says first: which recording, where in it, how fast. */
export function playerParts(state: PlayerState, utcOffsetMs: number): readonly StatusPart[] {
  const dir = safeLine(state.dir);
  const short = dir.replace(/\/+$/, '').split('/').at(-1) ?? dir;
  const day = new Date(state.atMs + utcOffsetMs).toISOString().slice(0, 10);
  const clock = formatClock(state.atMs, utcOffsetMs, true);
  return [
    {text: `recording ${dir}`, short, tone: 'good'},
    {text: `${day} ${clock}`, short: clock, tone: 'plain'},
    {text: `×${state.speed}`, tone: 'plain'},
    standing(state),
    ...(state.read === 1 ? [] : [readPart(state.read)]),
  ];
}

function standing({isPlaying, end, endNote}: PlayerState): StatusPart {
  if (end === 'ended') {
    const note = endNote === null ? '' : ` (${endNote})`;
    return {text: `end of the recording${note}`, short: 'end of the recording', tone: 'warning'};
  }
  if (end === 'going') return {text: 'going there', tone: 'warning'};
  if (end === 'reading') return {text: 'waiting for what is read', short: 'reading', tone: 'warning'};
  return isPlaying ? {text: 'playing', tone: 'good'} : {text: 'paused', tone: 'warning'};
}

function readPart(read: number | null): StatusPart {
  return {text: read === null ? 'still reading it' : `read ${Math.floor(read * 100)} %`, tone: 'dim'};
}
