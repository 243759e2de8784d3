import { posix } from 'node:path';
import { RegressError } from '../model/errors.ts';
import type { Suite } from '../model/suite.ts';
import { escapeRegExp } from '../model/text/escape-regexp.ts';
import { nearest } from '../model/text/nearest.ts';

/**
 * The queries that match any of the patterns, in their suites; all queries if there are no patterns. A pattern matches
 * if it is part of a query's name or a suite's path. With `*` for any text, it must match the whole name or path.
 * Throws RegressError `usage` for a pattern that is empty or matches nothing.
 */
export function selectQueries(suites: readonly Suite[], patterns: readonly string[]): Suite[] {
  if (patterns.length === 0) return [...suites];
  // Otherwise an unset shell variable would select every query.
  if (patterns.includes('')) throw new RegressError('usage', 'a pattern is empty');
  const matchers = patterns.map((pattern) => ({ pattern, matches: matcher(pattern), used: false }));
  const selected = suites.map((suite) => ({
    ...suite,
    queries: suite.queries.filter((query) => {
      const matching = matchers.filter(({ matches }) => matches(query.name) || matches(suite.file));
      for (const found of matching) found.used = true;
      return matching.length > 0;
    }),
  }));
  const unused = matchers.find(({ used }) => !used);
  if (unused === undefined) return selected.filter(({ queries }) => queries.length > 0);
  throw new RegressError('usage', `no query matches "${unused.pattern}"`, {
    detail:
      'A pattern is part of a query name or suite path. With * for any text, it must match the whole name or path.',
    hint: `${didYouMean(suites, unused.pattern)}Queries are in ${suites.map(({ file }) => file).join(', ')}.`,
  });
}

/** The query or suite that was most likely meant, with or without its folder. */
function didYouMean(suites: readonly Suite[], pattern: string): string {
  const names = suites.flatMap(({ file, queries }) => [...queries.map(({ name }) => name), posix.basename(file), file]);
  const meant = nearest(pattern, [...names, ...names.map((name) => name.replace(/\.(ya?ml|sql)$/, ''))]);
  return meant === null ? '' : `Did you mean ${meant}? `;
}

/** The patterns that match a query or suite; for projects, where each pattern need not match in every one. */
export function fittingPatterns(suites: readonly Suite[], patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => {
    const matches = matcher(pattern);
    return suites.some(({ file, queries }) => matches(file) || queries.some(({ name }) => matches(name)));
  });
}

function matcher(written: string): (text: string) => boolean {
  const pattern = written.replace(/^\.\//, '');
  if (!pattern.includes('*')) return (text) => text.includes(pattern);
  const whole = new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`, 's');
  return (text) => whole.test(text);
}
