/** One place of a pattern: a test of its character; null for any number of any. */
type Place = ((c: string) => boolean) | null;

/**
 * Whether a path is one that a pattern means, by the rules of glob(7): `*`, `?` and `[…]` stand for anything but a
 * slash, and for no dot at the beginning of a name. Takes no more steps than the pattern's length times the path's.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== found.length) return false;
  return wanted.every((part, i) => {
    const name = found[i] ?? '';
    if (name.startsWith('.') && !part.startsWith('.')) return false;
    return matchesName(placesOf(part), name);
  });
}

function matchesName(places: readonly Place[], name: string): boolean {
  let [p, n, star, resumeAt] = [0, 0, -1, 0];
  while (n < name.length) {
    const place = places[p];
    if (place === null) {
      [star, resumeAt] = [p, n];
      p += 1;
    } else if (place?.(name.charAt(n)) === true) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      resumeAt += 1;
      n = resumeAt;
    } else return false;
  }
  return places.slice(p).every((place) => place === null);
}

function placesOf(part: string): readonly Place[] {
  const places: Place[] = [];
  for (let i = 0; i < part.length; i += 1) {
    const c = part.charAt(i);
    if (c === '*') places.push(null);
    else if (c === '?') places.push(() => true);
    else if (c === '[') {
      // A bracket that stands first is one of the set.
      const end = part.indexOf(']', i + (/[!^]/.test(part.charAt(i + 1)) ? 3 : 2));
      if (end === -1) {
        places.push((one) => one === c);
        continue;
      }
      places.push(setOf(part.slice(i + 1, end)));
      i = end;
    } else {
      const literal = c === '\\' && i + 1 < part.length ? part.charAt((i += 1)) : c;
      places.push((one) => one === literal);
    }
  }
  return places;
}

/** `a-z_`, or `!a-z_` for all others. */
function setOf(text: string): (c: string) => boolean {
  const isOthers = /^[!^]/.test(text);
  const set = isOthers ? text.slice(1) : text;
  return (c) => {
    for (let i = 0; i < set.length; i += 1) {
      const isRange = set.charAt(i + 1) === '-' && i + 2 < set.length;
      if (isRange ? set.charAt(i) <= c && c <= set.charAt(i + 2) : set.charAt(i) === c) return !isOthers;
      if (isRange) i += 2;
    }
    return isOthers;
  };
}
