/** What of SQL tells how deep its tree is; strings and quoted names are stepped over as they mostly are. */
const SIGN = /'(?:[^'\\]|\\.|'')*'|"[^"]*"|[\p{L}_][\p{L}\p{N}_]*|[()[\],]|[-+*/<>=~!@#%^&|`?:]+/gsu;

/** These make a list of what stands between them, and no deeper tree. */
const LISTED = /^(?:,|and|or)$/i;
/** Each holds the tree of all before it. */
const CHAINED = /^(?:union|intersect|except|join)$/i;

interface Level {
  /** Words and signs since the last comma. */
  part: number;
  /** Of the deepest part. */
  deepest: number;
  chained: number;
}

/**
 * About how deeply SQL is nested, rather more than less: by words and signs between commas, and brackets. Only for
 * leaving alone what a parser would run out of stack for; it proves nothing.
 */
export function roughNesting(sql: string): number {
  const levels: Level[] = [{ part: 0, deepest: 0, chained: 0 }];
  for (const [sign] of sql.matchAll(SIGN)) {
    const level = levels.at(-1) as Level;
    if (/^(?:[([]|case)$/i.test(sign)) levels.push({ part: 0, deepest: 0, chained: 0 });
    else if (/^(?:[)\]]|end)$/i.test(sign)) close(levels);
    else if (LISTED.test(sign)) endPart(level);
    else if (CHAINED.test(sign)) level.chained += 1;
    else level.part += 1;
  }
  while (levels.length > 1) close(levels);
  const [all] = levels as [Level];
  return depthOf(all);
}

function close(levels: Level[]): void {
  if (levels.length < 2) return;
  const depth = depthOf(levels.pop() as Level);
  const outer = levels.at(-1) as Level;
  outer.deepest = Math.max(outer.deepest, outer.part + depth + 1);
  outer.part += 1;
}

function endPart(level: Level): void {
  level.deepest = Math.max(level.deepest, level.part);
  level.part = 0;
}

function depthOf({ part, deepest, chained }: Level): number {
  return chained + Math.max(part, deepest);
}
