import { factor, geometricMean, type Measured } from './measure.ts';

/** The table of docs/sizes.md: how far sizes were off, by data set and kind of index, ours and HypoPG's. */
export function sizesTable(sets: ReadonlyMap<string, readonly Measured[]>): string {
  const lines = [
    '| data | type | indexes | pages: mean factor | worst | heights right | HypoPG: mean factor | worst |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const [name, indexes] of [...sets, ...(sets.size > 1 ? [['all', [...sets.values()].flat()] as const] : [])]) {
    for (const am of new Set(indexes.map((index) => index.am))) {
      const chosen = indexes.filter((index) => index.am === am);
      lines.push(row(name, am, chosen));
      // HypoPG has one size for all expressions: without these the comparison is fairer.
      const plain = chosen.filter(({ expression }) => !expression);
      if (am === 'btree' && plain.length < chosen.length) lines.push(row(name, 'btree, no expressions', plain));
    }
  }
  return lines.join('\n');
}

function row(name: string, am: string, indexes: readonly Measured[]): string {
  const ours = factors(indexes.map(({ modelled, pages }) => [modelled?.pages ?? 0, pages]));
  const theirs = factors(indexes.flatMap(({ hypopg, pages }) => (hypopg === null ? [] : [[hypopg, pages] as const])));
  const right = indexes.filter(({ height, modelled }) => modelled?.height === height).length;
  const heights = am === 'btree' ? `${right} of ${indexes.length}` : '';
  return `| ${[name, am, indexes.length, ...ours, heights, ...(theirs.length === 0 ? ['', ''] : theirs)].join(' | ')} |`;
}

function factors(pairs: readonly (readonly [model: number, real: number])[]): string[] {
  const found = pairs.map(([model, real]) => factor(model, real));
  return found.length === 0 ? [] : [geometricMean(found).toFixed(2), Math.max(...found).toFixed(1)];
}
