import {holm, permutationTest, seededRandom} from './permute.ts';
import type {LogSite, Reading, Side} from './side.ts';

/** How the errors and warnings of one place in the code changed from one side to the other. */
export interface SiteChange {
  readonly change: 'new' | 'gone' | 'more' | 'fewer';
  readonly severity: LogSite['severity'];
  readonly source: string;
  readonly message: string;
  readonly a: number;
  readonly b: number;
  /** The chance of such a change if nothing had changed, all sites together (Holm); null where there are too few lines. */
  readonly p: number | null;
}

/** Fewer lines say nothing of a rate. */
const leastLines = 5;
/** So many sites, those with the most lines, are tested. */
const mostTested = 60;
const alpha = 0.01;

/**
 * The sites that are new, gone, or have more or fewer lines than chance makes: lines per stretch of time, permuted as
 * the readings are (lines come in bursts). A site whose first or last line is missing by chance is told, too, with its p.
 */
export function compareSites(a: Side, b: Side, blockMs: number): SiteChange[] {
  const keys = [...new Set([...a.sites.keys(), ...b.sites.keys()])];
  const counted = keys.map((key) => {
    const [ofA, ofB] = [a.sites.get(key), b.sites.get(key)];
    return {ofA, ofB, total: (ofA?.atMs.length ?? 0) + (ofB?.atMs.length ?? 0)};
  });
  const tested = counted
    .filter(({total}) => total >= leastLines)
    .sort((one, other) => other.total - one.total)
    .slice(0, mostTested);
  const ps = holm(
    tested.map(({ofA, ofB}) => {
      const test = permutationTest(perBlock(ofA, a, blockMs), perBlock(ofB, b, blockMs), {
        permutations: 999,
        blockMs,
        random: seededRandom(7),
      });
      return test?.p ?? 1;
    }),
  );
  const changes = counted.flatMap((site): SiteChange[] => {
    const at = tested.indexOf(site);
    const p = at === -1 ? null : (ps[at] ?? null);
    const {ofA, ofB} = site;
    const known = ofB ?? ofA;
    if (known === undefined) return [];
    const [countA, countB] = [ofA?.atMs.length ?? 0, ofB?.atMs.length ?? 0];
    const change =
      countA === 0 ? 'new' : countB === 0 ? 'gone' : p !== null && p < alpha ? moreOrFewer(a, b, countA, countB) : null;
    if (change === null) return [];
    const {severity, source, message} = known;
    return [{change, severity, source, message, a: countA, b: countB, p}];
  });
  const order = ['new', 'more', 'fewer', 'gone'];
  return changes.sort(
    (one, other) => order.indexOf(one.change) - order.indexOf(other.change) || other.a + other.b - one.a - one.b,
  );
}

function moreOrFewer(a: Side, b: Side, countA: number, countB: number): 'more' | 'fewer' {
  return countB / lasts(b) > countA / lasts(a) ? 'more' : 'fewer';
}

const lasts = ({fromMs, untilMs}: Side): number => Math.max(1, untilMs - fromMs);

/** How many lines came in each stretch of a side; those without any count as well. */
function perBlock(site: LogSite | undefined, side: Side, blockMs: number): ReadonlyMap<string, readonly Reading[]> {
  const counts = new Map<number, number>();
  for (let at = Math.floor(side.fromMs / blockMs); at <= Math.floor(side.untilMs / blockMs); at += 1) counts.set(at, 0);
  for (const atMs of site?.atMs ?? []) {
    const at = Math.floor(atMs / blockMs);
    if (counts.has(at)) counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return new Map([['', [...counts].map(([at, value]) => ({atMs: at * blockMs, value}))]]);
}
