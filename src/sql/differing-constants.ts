import { statementTree } from './shape.ts';
import { scan, type Token } from './text/scan.ts';
import { itemsOf, paramOf, walk } from './text/tree.ts';

/** A number, a string in any kind of quotes, or a dollar-quoted string. */
const CONSTANT = /^(?:[ebxn]?'|u&'|\.?\d|\$(?:[A-Za-z_]\w*)?\$)/i;

/**
 * Merges statements of one shape. A constant on which they differ, such as a value that a driver wrote into the text,
 * becomes a parameter. Constants on which they agree stay, because the application wrote them. Ignores statements that
 * differ in more than constants. Needs loadScanner().
 */
export function withoutDifferingConstants(sql: string, others: readonly string[]): string {
  const words = wordsOf(sql);
  const differing = new Set<number>();
  for (const other of others) {
    const differences = differencesOf(words, wordsOf(other));
    for (const index of differences ?? []) differing.add(index);
  }
  if (differing.size === 0) return sql;
  let next = words.reduce((most, { text }) => (/^\$\d+$/.test(text) ? Math.max(most, Number(text.slice(1))) : most), 0);
  let result = '';
  let copied = 0;
  for (const [index, { start, end }] of words.entries()) {
    if (!differing.has(index)) continue;
    next += 1;
    result += `${sql.slice(copied, start)}$${next}`;
    copied = end;
  }
  result += sql.slice(copied);
  return ordersByParameter(result) ? sql : result;
}

function wordsOf(sql: string): Token[] {
  return scan(sql).filter(({ isComment }) => !isComment);
}

/** Indexes of the constants that differ; null if anything else differs. */
function differencesOf(words: readonly Token[], others: readonly Token[]): number[] | null {
  if (words.length !== others.length) return null;
  const differing: number[] = [];
  for (const [index, { text }] of words.entries()) {
    const other = others[index]?.text ?? '';
    if (text === other) continue;
    if (CONSTANT.test(text) && CONSTANT.test(other)) differing.push(index);
    else if (text.toLowerCase() !== other.toLowerCase()) return null;
  }
  return differing;
}

/** `ORDER BY 1` refers to a column; a parameter in its place would not. */
function ordersByParameter(sql: string): boolean {
  let found = false;
  walk(statementTree(sql), (kind, { node, groupClause }) => {
    if (kind === 'SortBy' && paramOf(node) !== undefined) found = true;
    if (itemsOf(groupClause).some((item) => paramOf(item) !== undefined)) found = true;
  });
  return found;
}
