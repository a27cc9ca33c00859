/** The word of a list that was probably meant by a mistyped one; null where none is close. */
export function similarTo(word: string, known: readonly string[]): string | null {
  const wanted = word.toLowerCase().slice(0, 100);
  const [best] = known
    .map((one) => ({one, distance: editDistance(wanted, one.toLowerCase())}))
    .filter(({one, distance}) => distance <= Math.max(1, Math.floor(one.length * 0.4)))
    .sort((a, b) => a.distance - b.distance);
  return best?.one ?? null;
}

/** Insertions, removals, replacements and exchanged neighbours between two words (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({length: to.length + 1}, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    before = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
