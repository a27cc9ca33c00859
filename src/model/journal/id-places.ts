/** A uid (its parts joined by `-`, or by `_` in the cgroups of the systemd driver) or a run of 32 or 64 hex digits. */
export interface IdPlace {
  readonly from: number;
  readonly to: number;
}

const dash = 0x2d;
const underscore = 0x5f;
const uidLength = 36;
const wholeUid = /[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/y;

/**
 * Where a text holds what can be a pod's uid or a container's id, in order. Each line of a flood is looked at: an
 * expression takes ten times as long to say that there is none.
 */
export function idPlaces(text: string): readonly IdPlace[] {
  const places: IdPlace[] = [];
  uids(text, '-', dash, places);
  uids(text, '_', underscore, places);
  hexRuns(text, places);
  return places.length < 2 ? places : places.sort((a, b) => a.from - b.from);
}

function uids(text: string, separator: string, code: number, places: IdPlace[]): void {
  for (let at = text.indexOf(separator, 8); at !== -1; at = text.indexOf(separator, at + 1)) {
    if (text.charCodeAt(at + 15) !== code || text.charCodeAt(at + 10) !== code || text.charCodeAt(at + 5) !== code)
      continue;
    const from = at - 8;
    wholeUid.lastIndex = from;
    if (wholeUid.test(text) && isApart(text, from, from + uidLength)) places.push({from, to: from + uidLength});
  }
}

/** A run of 32 or more has a digit at each 32nd place: few characters need to be looked at. */
function hexRuns(text: string, places: IdPlace[]): void {
  for (let at = 31; at < text.length; at += 32) {
    if (!isHex(text.charCodeAt(at))) continue;
    let from = at;
    while (from > 0 && isHex(text.charCodeAt(from - 1))) from -= 1;
    let to = at + 1;
    while (isHex(text.charCodeAt(to))) to += 1;
    // The `d` of `pod` looks like a digit.
    if ((to - from === 33 || to - from === 65) && text.startsWith('pod', from - 2)) from += 1;
    if ((to - from === 32 || to - from === 64) && isApart(text, from, to)) places.push({from, to});
    at += 32 * Math.floor((to - 1 - at) / 32);
  }
}

/** Not a part of a longer word; `pod` before it is a cgroup's. */
function isApart(text: string, from: number, to: number): boolean {
  const start = text.startsWith('pod', from - 3) ? from - 3 : from;
  return (
    !isWord(text.charCodeAt(to)) && !isWord(text.charCodeAt(start - 1)) && text.charCodeAt(start - 1) !== underscore
  );
}

const isHex = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
