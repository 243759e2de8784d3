import { RegressError } from '../../model/errors.ts';
import type { ReproductionSummary } from '../../model/plans/production-plan.ts';
import type { CheckReport, PlanResult, Shard } from '../../model/result.ts';
import { summarizeCauses } from '../causes/cause-summary.ts';
import { joinProjects, splitProjects } from './join-projects.ts';
import { summarizeRehearsal } from './rehearsal.ts';
import { summarize } from './summary.ts';

/** A report that was read from a file. */
export interface StoredReport {
  readonly file: string;
  readonly report: CheckReport;
}

interface StoredShard extends StoredReport {
  readonly shard: Shard;
}

/**
 * Merges the shards of a check into one report, as if the check had not been split. Its time is that of the shard that
 * started first. A single report of a whole check stays unchanged. Throws RegressError `results` if a shard is missing or
 * given twice, or if the files are not from the same check.
 */
export function mergeReports(stored: readonly StoredReport[]): CheckReport {
  const [first, ...others] = stored;
  if (first === undefined) throw new RegressError('results', 'no results are given');
  if (others.length === 0 && first.report.shard === null) return first.report;
  if (stored.some(({ report }) => report.projects !== undefined)) return mergeProjects(first, stored);
  const shards = stored.map(requireShard);
  for (const other of others) requireSameCheck(first, other);
  requireEachOnce(shards);
  return merged(first.report, shards);
}

/** Merges each project separately. */
function mergeProjects(first: StoredReport, stored: readonly StoredReport[]): CheckReport {
  const namesOf = ({ report }: StoredReport) => (report.projects ?? []).map(({ name }) => name).join(', ') || 'none';
  for (const other of stored) {
    if (namesOf(other) === namesOf(first)) continue;
    throw new RegressError('results', `${first.file} and ${other.file} are not from the same check`, {
      detail: `Their projects differ: ${namesOf(first)} in the first, ${namesOf(other)} in the second.`,
      hint: 'Name only files of one check: npx regress-pg report shard-*.json',
    });
  }
  const split = stored.map(({ file, report }) => ({ file, parts: splitProjects(report) }));
  const merged = (first.report.projects ?? []).map(({ name }) => {
    const mine = split.flatMap(({ file, parts }) =>
      parts.flatMap((part) => (part.name === name ? [{ file, report: part.report }] : [])),
    );
    return { name, report: mergeReports(mine) };
  });
  return joinProjects(merged, first.report.suites.path);
}

function requireShard({ file, report }: StoredReport): StoredShard {
  if (report.shard !== null) return { file, report, shard: report.shard };
  throw new RegressError('results', `${file} is a whole check and cannot be merged with others`, {
    detail: 'Only shards of one check can be merged.',
    hint: `npx regress-pg report ${file}`,
  });
}

/** Values that are the same in all shards of a check, with their names for messages. */
const SAME: readonly (readonly [string, (report: CheckReport) => string])[] = [
  ['snapshot', ({ snapshot }) => `${snapshot.path} ${snapshot.digest.slice(0, 12)}`],
  ['suites', ({ suites }) => `${suites.path} ${suites.digest}`],
  ['extension', ({ extension }) => extension],
  ['regress', ({ regress }) => regress],
  ['server', ({ server }) => server.version],
  ['number of shards', ({ shard }) => String(shard?.total)],
  ['revision compared with', ({ against }) => (against === null ? 'baselines' : `${against.ref} ${against.commit}`)],
  ['failOn', ({ failOn }) => failOn],
];

function requireSameCheck(first: StoredReport, other: StoredReport): void {
  const settings = Object.keys({ ...first.report.settings, ...other.report.settings }).sort();
  const compared = [
    ...SAME,
    ...settings.map(
      (name) => [`setting ${name}`, (report: CheckReport) => report.settings[name] ?? 'not set'] as const,
    ),
  ];
  for (const [name, value] of compared) {
    const [one, two] = [value(first.report), value(other.report)];
    if (one === two) continue;
    throw new RegressError('results', `${first.file} and ${other.file} are not from the same check`, {
      detail: `They differ in ${name}: ${one} in the first, ${two} in the second.`,
      hint: 'Run all shards on one commit with one snapshot: npx regress-pg check --shard 1/N --reporter json=shard-1.json',
    });
  }
}

/** Missing shards to name. A file can claim a huge number of shards. */
const MAX_NAMED = 20;

function firstMissing(there: ReadonlyMap<number, unknown>, count: number): number[] {
  const missing: number[] = [];
  for (let index = 1; missing.length < count; index++) if (!there.has(index)) missing.push(index);
  return missing;
}

function requireEachOnce(shards: readonly StoredShard[]): void {
  const total = shards[0]?.shard.total ?? 0;
  const filesOf = new Map<number, string[]>();
  for (const { shard, file } of shards) filesOf.set(shard.index, [...(filesOf.get(shard.index) ?? []), file]);
  for (const [index, files] of filesOf) {
    if (files.length < 2) continue;
    throw new RegressError('results', `shard ${index}/${total} is given more than once`, {
      detail: `It is in ${files.join(' and ')}.`,
      hint: 'Name the file of each shard once.',
    });
  }
  const lacking = total - filesOf.size;
  const missing = firstMissing(filesOf, Math.min(lacking, MAX_NAMED));
  const [lost] = missing;
  if (lost === undefined) return;
  const more = lacking > missing.length ? ` and ${lacking - missing.length} more` : '';
  const names = missing.map((index) => `${index}/${total}`).join(', ') + more;
  throw new RegressError(
    'results',
    `${lacking === 1 ? 'shard' : 'shards'} ${names} of the check ${lacking === 1 ? 'is' : 'are'} missing`,
    {
      detail: `There ${shards.length === 1 ? 'is' : 'are'} ${shards.map(({ shard, file }) => `${shard.index}/${total} in ${file}`).join(', ')}.`,
      hint: `npx regress-pg check --shard ${lost}/${total} --reporter json=shard-${lost}.json`,
    },
  );
}

function merged(first: CheckReport, shards: readonly StoredShard[]): CheckReport {
  const results = inOrder(shards);
  const reports = shards.map(({ report }) => report);
  const { against, rehearsal } = first;
  const standing = results.flatMap(({ findings }) => findings).filter((finding) => finding.standing === true).length;
  return {
    ...first,
    startedAt: reports.map(({ startedAt }) => startedAt).sort()[0] ?? first.startedAt,
    shard: null,
    rehearsal: rehearsal && summarizeRehearsal(results, rehearsal),
    summary: summarize(results),
    against: against && { ...against, standing },
    causes: summarizeCauses(results),
    conditions: distinct(reports.flatMap(({ conditions }) => conditions)),
    production: mergedReproduction(reports, results),
    results,
    notes: distinct(reports.flatMap(({ notes }) => notes)),
  };
}

/** Results of all shards in the order of the suites. All results of a query are in one shard, in order. */
function inOrder(shards: readonly StoredShard[]): readonly PlanResult[] {
  const placed = shards.flatMap(({ report, shard }) =>
    report.results.map((result, at) => ({ result, place: shard.places[at] ?? 0 })),
  );
  return placed.sort((a, b) => a.place - b.place).map(({ result }) => result);
}

function mergedReproduction(
  reports: readonly CheckReport[],
  results: readonly PlanResult[],
): ReproductionSummary | null {
  const parts = reports.flatMap(({ production }) => production ?? []);
  if (parts.length === 0) return null;
  const sum = (of: (part: ReproductionSummary) => number) => parts.reduce((total, part) => total + of(part), 0);
  const places = new Map(results.map((result, at) => [nameOf(result), at]));
  const placeOf = (one: Pick<PlanResult, 'suite' | 'query' | 'case'>) => places.get(nameOf(one)) ?? 0;
  return {
    identical: sum(({ identical }) => identical),
    samePlan: sum(({ samePlan }) => samePlan),
    different: sum(({ different }) => different),
    unplanned: sum(({ unplanned }) => unplanned),
    total: sum(({ total }) => total),
    deviations: parts.flatMap(({ deviations }) => deviations).sort((a, b) => placeOf(a) - placeOf(b)),
  };
}

function nameOf({ suite, query, ...rest }: Pick<PlanResult, 'suite' | 'query' | 'case'>): string {
  return JSON.stringify([suite, query, rest.case]);
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
