import {cellWidth, isOneCellEach} from './width.ts';

/**
 * Makes text that came from outside (a node, a container, the kubelet, the API server, an engine, a file, a host's name)
 * safe to show. Whatever it holds, the terminal gets only printable characters whose width every terminal agrees on,
 * and a script gets JSON without a raw control character. The text itself is kept elsewhere, unchanged, for copy and
 * export. All of this takes time linear in the text.
 */

/**
 * Escape sequences, whole: strings (OSC, DCS, SOS, PM, APC) up to their end, CSI, and the short ones. No body holds a
 * character that begins a sequence: so no part of a text is looked at for more than one of them.
 */
const escapeSequences =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-Z\\^-~]/g;

/**
 * What has no width of its own, or one that terminals dispute: joiners, variation selectors, skin tones, keycaps,
 * fillers and other ignorable or formatting characters. Without them an emoji sequence is drawn as its parts.
 */
const withoutWidth = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Emoji_Modifier}\u20e3]+/gu;

/** Embeddings, overrides, isolates and marks that would reorder the line: shown as what they are, because they make a text look like another. */
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Whose width is in dispute: what Unicode has not assigned (tmux draws nothing, others a box), signs that became wide
 * with Unicode 16 and are narrow for older terminals, ambiguous ones that terminals take for wide, tone marks of
 * Hangul, and letters that stand before the one whose cell they share.
 */
const disputed =
  /[\p{Cn}\u302e\u302f\u2630-\u2637\u268a-\u268f\u3248-\u324f\u4dc0-\u4dff\u{1d300}-\u{1d376}\u0d4e\u{111c2}\u{111c3}\u{113d1}\u{1193f}\u{11941}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/gu;

/** Sara am of Thai and Lao: one letter more to a terminal, part of the letter before it to whoever counts clusters. */
const saraAm = /[\u0e33\u0eb3]/g;

/** Signs that join two letters to one cluster (Indic_Conjunct_Break=Linker); terminals draw the letters side by side. */
const linkers =
  /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6\u{10a3f}\u{11133}\u{113d0}\u{1193e}\u{11a47}\u{11a99}\u{11f42}](?=\p{M}*\p{L})/gu;

/** Letters that Hangul syllables are composed of, and a syllable that they may go on. */
const jamo = /[\uac00-\ud7a3]?[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]+/g;
const looseJamo = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/g;

const controls = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
const flagLetters = /[\u{1f1e6}-\u{1f1ff}]/gu;
/** Marks on one letter; the sound marks of half-width katakana have a cell each and still belong to the letter before. */
const heapOfMarks = /([\p{M}\uff9e\uff9f]{4})[\p{M}\uff9e\uff9f]+/gu;
const tabStop = 8;

/** How `safeLine` treats escape sequences: `strip` removes them whole, `show` draws them (`␛[31m`). */
export type Escapes = 'strip' | 'show';

/**
 * One line of safe text: no control, escape or direction character, no lone surrogate; tabs expanded to stops of 8
 * columns, a line break drawn as `␤`, other controls as their picture (`␍`), C1 and reordering ones as `�`.
 */
export function safeLine(text: string, escapes: Escapes = 'strip'): string {
  if (isOneCellEach(text)) return text;
  const stripped = escapes === 'strip' ? text.replace(escapeSequences, '') : text;
  const settled = stripped
    .toWellFormed()
    .replace(bidi, '\ufffd')
    .replace(withoutWidth, '')
    .replace(flagLetters, (letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 0x41))
    .replace(disputed, '\ufffd')
    .replace(jamo, composed)
    .replace(saraAm, (letter) => (letter === '\u0e33' ? '\u0e4d\u0e32' : '\u0ecd\u0eb2'))
    // Before the linkers, which look through all marks that follow.
    .replace(heapOfMarks, '$1')
    .replace(linkers, '');
  return expandTabs(settled).replace(controls, picture);
}

/** The same for text of several lines (a kubelet stack trace), one entry each. */
export function safeLines(text: string, escapes: Escapes = 'strip'): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => safeLine(line, escapes));
}

/** At most `most` characters (UTF-16 units) of a text; a cut is marked by `…` at the end, which counts. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Names of Kubernetes and of hosts have at most 253 characters. */
const longestName = 512;

/** A name as one line of safe text; one that is longer than any real one is cut. */
export function safeName(name: string): string {
  return safeLine(clip(name, longestName));
}

const plainJson = /^[\x20-\x7e\n]*$/;
/** What a terminal obeys, reorders text by, or does not show at all. */
const unprintable = /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * JSON that can be shown on a terminal: what `JSON.stringify` leaves raw inside strings (C1 and DEL, direction and
 * invisible characters, U+2028) as `\u00XX`. It parses to the same values. Line ends between values stay.
 */
export function printableJson(json: string): string {
  return plainJson.test(json) ? json : json.replace(unprintable, escaped);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Syllables where the letters make some; the others as the letters that stand alone, two cells each. */
function composed(letters: string): string {
  return letters.normalize('NFC').replace(looseJamo, (letter) => standingJamo.get(letter) ?? '\ufffd');
}

const standingLetters = Array.from({length: 0x318e - 0x3131 + 1}, (_, i) => String.fromCharCode(0x3131 + i));
/** In the order of U+11A8 and on. */
const finals = Array.from('ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ');
/** From the letter that joins to the one that stands alone (Hangul Compatibility Jamo). */
const standingJamo: ReadonlyMap<string, string> = new Map([
  ...finals.map((letter, i) => [String.fromCharCode(0x11a8 + i), letter] as const),
  ...standingLetters.map((letter) => [letter.normalize('NFKD'), letter] as const),
]);

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return code === 0x0a ? '␤' : String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return code === 0x2028 || code === 0x2029 ? '␤' : '\ufffd';
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let out = '';
  let column = 0;
  for (const [index, piece] of text.split('\t').entries()) {
    if (index > 0) {
      const gap = tabStop - (column % tabStop);
      out += ' '.repeat(gap);
      column += gap;
    }
    out += piece;
    column += cellWidth(piece.replace(controls, picture));
  }
  return out;
}
