import type { Matching } from './match-nodes.ts';

/** Rewrites an expression of the current plan with the aliases that its relations have in the baseline. */
export type Rename = (expression: string) => string;

/** Aliases are renumbered when a partition comes or goes; that alone is no change. */
export function renameAliases(matching: Matching): Rename {
  const names = new Map<string, string>();
  for (const [baseline, current] of matching.pairs()) {
    const [before, after] = [baseline.node.alias, current.node.alias];
    if (before !== undefined && after !== undefined && before !== after) names.set(after, before);
  }
  if (names.size === 0) return (expression) => expression;
  return (expression) =>
    expression.replace(QUALIFIER, (written) => {
      const before = names.get(unquoted(written));
      return before === undefined ? written : before;
    });
}

/** An identifier, quoted or not, with a dot behind it and nothing of a name or string before it. */
const QUALIFIER = /(?<![\w$".'])("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?=\.)/gu;

function unquoted(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier;
}
