import { queryDigest } from '../baseline/index.ts';
import { matchOldSelves, type QueryIdentity, queryRemoved } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import { GENERIC, type Suite, valuesText } from '../model/suite.ts';
import { type Asked, askedOf, type Planned, type Plans } from '../planning/index.ts';
import { fingerprint } from '../sql/index.ts';
import type { PlannedRevision } from './against.ts';
import { type OldQuery, queryHistory } from './causes/query-history.ts';
import { type Earlier, judgeAlone, NOTHING_EARLIER, type Terms } from './judge-plans.ts';
import { staleNotes } from './stale.ts';
import { acceptedPlan, type Majors, readSuiteBaselines } from './suite-baselines.ts';

/** The earlier plans that a check compares with. */
export interface Reference {
  earlier(item: Planned): Earlier;
  /** Their owner's name in sentences: `the baseline`, or the revision. */
  readonly name: string;
  /** The query as it was; null if it did not change or is not known. */
  oldQuery(item: Planned): Promise<OldQuery | null>;
  /** Settings that were in force for the earlier plans; null if the reference does not know them. */
  readonly settings: Readonly<Record<string, string>> | null;
  /** Findings that are about no planned query. */
  readonly notes: readonly Finding[];
}

interface Selection {
  /** All suites. */
  readonly suites: readonly Suite[];
  /** The planned suites, with only the selected queries. */
  readonly selected: readonly Suite[];
  /** True if all queries are selected. */
  readonly whole: boolean;
}

/** The baselines committed beside the suites. */
export async function committedPlans(config: Config, majors: Majors, selection: Selection): Promise<Reference> {
  const baselines = await readSuiteBaselines(selection.selected, majors);
  return {
    earlier: ({ suite, query, planned }) => {
      const mine = baselines.get(suite.file);
      return {
        accepted: acceptedPlan(mine, query.name, planned.name, majors),
        generic: acceptedPlan(mine, query.name, GENERIC, majors)?.block.plan,
        knowsQuery: (mine?.baseline?.blocks ?? []).some((block) => block.query === query.name),
        otherMajors: mine?.otherMajors ?? [],
      };
    },
    name: 'the baseline',
    oldQuery: queryHistory(config, ({ suite, query, planned }) => {
      const accepted = acceptedPlan(baselines.get(suite.file), query.name, planned.name, majors);
      return accepted?.block.provenance.query ?? null;
    }),
    settings: null,
    notes: selection.whole ? await staleNotes(config, selection.suites, baselines) : [],
  };
}

/** The plans of a revision, as if they had been accepted there. */
export function revisionPlans(
  { name, plans }: PlannedRevision,
  current: Plans,
  terms: Terms,
  { whole }: Pick<Selection, 'whole'>,
): Reference {
  const nothing: Earlier = { ...NOTHING_EARLIER, against: { name, failedThere: false } };
  if ('lacks' in plans) {
    const message = `${name} ${plans.lacks}: every query is new`;
    const notes: Finding[] = [{ code: 'query-new', severity: 'note', message }];
    return { name, earlier: () => nothing, oldQuery: async () => null, settings: null, notes };
  }
  const before = plans.planned.map(identified);
  // All queries, not only this shard's, so that every shard matches a query with the same old one.
  const after = askedOf(current.suites).map(identified);
  const matches = matchOldSelves(before, after);
  const oldSelves = new Map([...matches].map(([now, old]) => [identityKey(now.item), old.item]));
  return {
    earlier: (item) => {
      const old = oldSelves.get(identityKey(item));
      return old === undefined ? nothing : earlierFrom(old, item, { name, plans }, terms);
    },
    name,
    oldQuery: async (item) => oldSelves.get(identityKey(item)) ?? null,
    settings: plans.settings,
    notes: whole ? removedNotes(before, [...matches.values()], name) : [],
  };
}

interface Identified<T extends Asked> extends QueryIdentity {
  readonly item: T;
}

function identityKey({ suite, query, planned }: Asked): string {
  return JSON.stringify([suite.file, query.name, planned.name]);
}

function identified<T extends Asked>(item: T): Identified<T> {
  const { suite, query, planned } = item;
  const shape = JSON.stringify([fingerprint(query.statement) ?? query.statement, planned.values, planned.generic]);
  return { suite: suite.file, query: query.name, case: planned.name, digest: queryDigest(query, planned), shape, item };
}

function earlierFrom(
  old: Planned,
  item: Planned,
  { name, plans }: { readonly name: string; readonly plans: Plans },
  terms: Terms,
): Earlier {
  if ('error' in old.outcome) return { ...NOTHING_EARLIER, against: { name, failedThere: true } };
  const formerly = titleOf(old) === titleOf(item) ? undefined : titleOf(old);
  const against = { name, failedThere: false, formerly };
  const { query, planned, provenance, outcome } = old;
  const values = planned.auto === undefined ? null : valuesText(query, planned);
  const shown = values === null ? {} : { values };
  const block = { query: query.name, case: planned.name, ...shown, provenance, reason: '', plan: outcome.plan };
  const generic = plans.planned.find((one) => one.query === query && one.planned.generic);
  return {
    accepted: { block, major: terms.target },
    generic: generic === undefined || 'error' in generic.outcome ? undefined : generic.outcome.plan,
    otherMajors: [],
    against,
    alone: judgeAlone(old, against, plans, terms),
  };
}

function titleOf({ suite, query, planned }: Planned): string {
  return `${query.name}${planned.name === null ? '' : ` [${planned.name}]`} of ${suite.file}`;
}

/** A query counts as removed if none of its cases matches a query of the branch. */
function removedNotes(before: readonly QueryIdentity[], matched: readonly QueryIdentity[], name: string): Finding[] {
  const key = ({ suite, query }: QueryIdentity) => JSON.stringify([suite, query]);
  const there = new Set(matched.map(key));
  const gone = new Map(before.filter((one) => !there.has(key(one))).map((one) => [key(one), one]));
  return [...gone.values()].map(({ suite, query }) => queryRemoved(suite, query, name));
}
