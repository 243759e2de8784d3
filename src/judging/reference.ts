import { queryDigest } from '../baseline/index.ts';
import { matchOldSelves, type QueryIdentity, queryRemoved } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import { GENERIC, type Suite, valuesText } from '../model/suite.ts';
import { type Asked, askedOf, type Planned, type Plans } from '../planning/index.ts';
import { fingerprint } from '../sql/index.ts';
import type { PlannedRevision } from './against.ts';
import { type OldQuery, queryHistory } from './causes/query-history.ts';
import { type Earlier, type Judges, judgeAlone, NOTHING_EARLIER } from './judge-plans.ts';
import { acceptedPlan, type Majors, openShelves } from './shelves.ts';
import { staleNotes } from './stale.ts';

/** The plans a check compares with. */
export interface Reference {
  earlier(item: Planned): Earlier;
  /** What the earlier plans are said to be of: `the baseline`, or the revision. */
  readonly name: string;
  /** The query of then, where it was another one and is known. */
  oldQuery(item: Planned): Promise<OldQuery | null>;
  /** Settings that were in force then, where the reference knows them itself. */
  readonly settings: Readonly<Record<string, string>> | null;
  /** What is about none of the planned queries. */
  readonly notes: readonly Finding[];
}

interface Selection {
  /** All suites. */
  readonly suites: readonly Suite[];
  /** Those planned, with the queries that were asked for. */
  readonly selected: readonly Suite[];
  /** True where all were asked for. */
  readonly whole: boolean;
}

/** The baselines committed beside the suites. */
export async function committedPlans(config: Config, majors: Majors, selection: Selection): Promise<Reference> {
  const shelves = await openShelves(selection.selected, majors);
  return {
    earlier: ({ suite, query, planned }) => {
      const shelf = shelves.get(suite.file);
      return {
        accepted: acceptedPlan(shelf, query.name, planned.name, majors),
        generic: acceptedPlan(shelf, query.name, GENERIC, majors)?.block.plan,
        knowsQuery: (shelf?.baseline?.blocks ?? []).some((block) => block.query === query.name),
        otherMajors: shelf?.otherMajors ?? [],
      };
    },
    name: 'the baseline',
    oldQuery: queryHistory(config, ({ suite, query, planned }) => {
      const accepted = acceptedPlan(shelves.get(suite.file), query.name, planned.name, majors);
      return accepted?.block.provenance.query ?? null;
    }),
    settings: null,
    notes: selection.whole ? await staleNotes(config, selection.suites, shelves) : [],
  };
}

/** The plans of a revision, as if each had been accepted there. */
export function revisionPlans(
  { name, plans }: PlannedRevision,
  current: Plans,
  judges: Judges,
  { whole }: Pick<Selection, 'whole'>,
): Reference {
  const nothing: Earlier = { ...NOTHING_EARLIER, against: { name, failedThere: false } };
  if ('lacks' in plans) {
    const message = `${name} ${plans.lacks}: every query is new`;
    const notes: Finding[] = [{ code: 'query-new', severity: 'note', message }];
    return { name, earlier: () => nothing, oldQuery: async () => null, settings: null, notes };
  }
  const before = plans.planned.map(identified);
  // Other shards plan the others, and each query is to have the old self it has there.
  const after = askedOf(current.suites).map(identified);
  const matches = matchOldSelves(before, after);
  const oldSelves = new Map([...matches].map(([now, old]) => [identityKey(now.item), old.item]));
  return {
    earlier: (item) => {
      const old = oldSelves.get(identityKey(item));
      return old === undefined ? nothing : earlierFrom(old, item, { name, plans }, judges);
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
  judges: Judges,
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
    accepted: { block, major: judges.target },
    generic: generic === undefined || 'error' in generic.outcome ? undefined : generic.outcome.plan,
    otherMajors: [],
    against,
    alone: judgeAlone(old, against, plans, judges),
  };
}

function titleOf({ suite, query, planned }: Planned): string {
  return `${query.name}${planned.name === null ? '' : ` [${planned.name}]`} of ${suite.file}`;
}

/** A query is no more when none of its cases has a new self. */
function removedNotes(before: readonly QueryIdentity[], matched: readonly QueryIdentity[], name: string): Finding[] {
  const key = ({ suite, query }: QueryIdentity) => JSON.stringify([suite, query]);
  const there = new Set(matched.map(key));
  const gone = new Map(before.filter((one) => !there.has(key(one))).map((one) => [key(one), one]));
  return [...gone.values()].map(({ suite, query }) => queryRemoved(suite, query, name));
}
