/** With more typing errors than this, a word counts as another word. */
const MAX_SLIPS = 3;

/** The same, as a share of its letters. */
const MAX_SHARE = 0.4;

/** The candidate most likely meant, ignoring case, or null. The first of equals wins. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  let best: { readonly candidate: string; readonly slips: number } | null = null;
  for (const candidate of candidates) {
    const slips = slipsBetween(written.toLowerCase(), candidate.toLowerCase());
    const most = Math.min(MAX_SLIPS, Math.max(1, MAX_SHARE * Math.max(written.length, candidate.length)));
    if (slips <= most && (best === null || slips < best.slips)) best = { candidate, slips };
  }
  return best?.candidate ?? null;
}

/** Number of letters left out, added, replaced, or swapped with the next one (optimal string alignment). */
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
