import { posix } from 'node:path';
import { RegressError } from '../model/errors.ts';
import type { Suite } from '../model/suite.ts';
import { escapeRegExp } from '../model/text/escape-regexp.ts';
import { nearest } from '../model/text/nearest.ts';

/**
 * The queries that any of the patterns names, in their suites; all when there are none. A pattern is a part of a query's
 * name or of a suite's path, or, with `*` for any text, the whole of it.
 * Throws RegressError `usage` for a pattern that is empty or names nothing.
 */
export function selectQueries(suites: readonly Suite[], patterns: readonly string[]): Suite[] {
  if (patterns.length === 0) return [...suites];
  // A shell's unset variable must not stand for every query.
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
    detail: 'A pattern is a part of a query name or of a suite path, or the whole of one with * for any text.',
    hint: `${didYouMean(suites, unused.pattern)}Queries are in ${suites.map(({ file }) => file).join(', ')}.`,
  });
}

/** The query or the suite, with its folder or without, that was most likely meant. */
function didYouMean(suites: readonly Suite[], pattern: string): string {
  const names = suites.flatMap(({ file, queries }) => [...queries.map(({ name }) => name), posix.basename(file), file]);
  const meant = nearest(pattern, [...names, ...names.map((name) => name.replace(/\.(ya?ml|sql)$/, ''))]);
  return meant === null ? '' : `Did you mean ${meant}? `;
}

/** Those of the patterns that name a query; for suites of which each need not have something for each pattern. */
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
