/** Does the name match the pattern, in which `*` stands for any text and `?` for one character? Linear in practice. */
export function matchesGlob(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resumeAt = 0;
  while (n < name.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p;
      resumeAt = n;
      p += 1;
    } else if (wanted === '?' || (wanted !== undefined && wanted === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      resumeAt += 1;
      n = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Whether the pattern has a wildcard. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}
