/** What is set of colours and weights, as the parameters that set it: `1;36`. Empty where nothing is. */
export type Look = string;

/** In this order: foreground, background, and one for each weight. */
type Parts = readonly string[];

const none: Parts = Array.from({length: 9}, () => '');
const weights: Readonly<Record<string, number>> = {'1': 2, '2': 3, '3': 4, '4': 5, '7': 6, '8': 7, '9': 8};
/** What each of these takes away: 22 ends bold and dim. */
const endings: Readonly<Record<string, readonly number[]>> = {
  '22': [2, 3],
  '23': [4],
  '24': [5],
  '27': [6],
  '28': [7],
  '29': [8],
  '39': [0],
  '49': [1],
};
/** A theme makes a few dozen transitions. */
const mostKept = 500;

/**
 * What the SGR sequences of a line have set so far. A sequence that it does not know (blinking, fonts) has no look of
 * its own; a line with any other sequence in it is no line of ours.
 */
export class SgrState {
  /** Of a line that begins. */
  static readonly plain = new SgrState(none);
  /** The look of what comes now. */
  readonly look: Look;
  /** Whether a blank would be seen in it: on a background, inverse, underlined or struck through. */
  readonly showsBlanks: boolean;
  readonly #parts: Parts;
  /** The states that follow from this one: a frame goes through the same ones as that before it. */
  readonly #next = new Map<string, SgrState>();

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.look = parts.filter((part) => part !== '').join(';');
    this.showsBlanks = [1, 5, 6, 8].some((part) => parts[part] !== '');
  }

  /** The state behind a sequence: `parameters` are those between `CSI` and `m`. */
  after(parameters: string): SgrState {
    const kept = this.#next.get(parameters);
    if (kept !== undefined) return kept;
    const parts = partsAfter(this.#parts, parameters);
    const state = parts.every((part) => part === '') ? SgrState.plain : new SgrState(parts);
    if (this.#next.size >= mostKept) this.#next.clear();
    this.#next.set(parameters, state);
    return state;
  }
}

function partsAfter(before: Parts, parameters: string): Parts {
  const codes = parameters === '' ? ['0'] : parameters.split(';');
  const parts = [...before];
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? '';
    const number = Number(code);
    const weight = weights[code];
    const ends = endings[code];
    if (number === 0) parts.fill('');
    else if (weight !== undefined) parts[weight] = code;
    else if (ends !== undefined) for (const part of ends) parts[part] = '';
    else if (number === 38 || number === 48) {
      const length = codes[i + 1] === '2' ? 5 : 3;
      parts[number === 38 ? 0 : 1] = codes.slice(i, i + length).join(';');
      i += length - 1;
    } else if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) parts[0] = code;
    else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) parts[1] = code;
  }
  return parts;
}
