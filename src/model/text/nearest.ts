/** More slips than this in a short word make it another word. */
const MAX_SLIPS = 3;

/** A word of which this share is wrong is another word. */
const MAX_SHARE = 0.4;

/** The candidate that was most likely meant, whatever its case, or null. The first of equals wins. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  let best: { readonly candidate: string; readonly slips: number } | null = null;
  for (const candidate of candidates) {
    const slips = slipsBetween(written.toLowerCase(), candidate.toLowerCase());
    const most = Math.min(MAX_SLIPS, Math.max(1, MAX_SHARE * Math.max(written.length, candidate.length)));
    if (slips <= most && (best === null || slips < best.slips)) best = { candidate, slips };
  }
  return best?.candidate ?? null;
}

/** Letters left out, put in, taken for another, or swapped with the next (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_SLIPS) return MAX_SLIPS + 1;
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (above[j - 2] ?? changed) + 1 : changed;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, changed, swapped));
    }
    above = row;
    row = next;
  }
  return row[b.length] as number;
}
