/** The tokens that affect the depth of the parse tree. Skips strings and quoted names as they are usually written. */
const SIGN = /'(?:[^'\\]|\\.|'')*'|"[^"]*"|[\p{L}_][\p{L}\p{N}_]*|[()[\],]|[-+*/<>=~!@#%^&|`?:]+/gsu;

/** Operators that join their operands into one list and do not deepen the tree. */
const LISTED = /^(?:,|and|or)$/i;
/** Operators that add a level above everything before them. */
const CHAINED = /^(?:union|intersect|except|join)$/i;

interface Level {
  /** Number of words and signs since the last comma. */
  part: number;
  /** The highest such number so far. */
  deepest: number;
  chained: number;
}

/**
 * A rough, rather high estimate of how deeply SQL is nested, from brackets and from words and signs between commas.
 * Good enough to avoid texts that would exhaust a parser's stack; proves nothing.
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
