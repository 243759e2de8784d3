import { replaceReferences, subplanName } from '../../model/plans/subplan-name.ts';
import { replaceQualifiers } from './alias-prefixes.ts';
import type { Matching } from './match-nodes.ts';

/** Rewrites an expression of the current plan with the baseline's names of relations and subplans. */
export type Rename = (expression: string) => string;

/**
 * Returns a function that undoes renumbering. PostgreSQL renumbers aliases, subplans and their parameters when a partition
 * or a subquery is added or removed; that alone is no change.
 */
export function renameAliases(matching: Matching): Rename {
  const aliases = new Map<string, string>();
  const references = new Map<string, string>();
  for (const [baseline, current] of matching.pairs()) {
    const [before, after] = [baseline.node.alias, current.node.alias];
    if (before !== undefined && after !== undefined && before !== after) aliases.set(after, before);
    const [old, now] = [subplanName(baseline.node), subplanName(current.node)];
    if (old === null || now === null || !now.isNumbered) continue;
    references.set(now.reference, old.reference);
    for (const [at, parameter] of now.returns.entries()) references.set(parameter, old.returns[at] ?? parameter);
  }
  return (expression) => {
    const renamed = aliases.size === 0 ? expression : replaceQualifiers(expression, (name) => aliases.get(name));
    return references.size === 0 ? renamed : replaceReferences(renamed, (reference) => references.get(reference));
  };
}
