import { RegressError } from '../../model/errors.ts';
import type { ReproductionSummary } from '../../model/plans/production-plan.ts';
import type { CheckReport, PlanResult, Shard } from '../../model/result.ts';
import { summarizeCauses } from '../causes/cause-summary.ts';
import { joinProjects, splitProjects } from './join-projects.ts';
import { summarizeRehearsal } from './rehearsal.ts';
import { summarize } from './summary.ts';

/** A report that was written to a file. */
export interface StoredReport {
  readonly file: string;
  readonly report: CheckReport;
}

interface StoredShard extends StoredReport {
  readonly shard: Shard;
}

/**
 * One report of the shards of a check, as if it had not been split; its time is that of the shard that started first. A
 * report of a whole check stays as it is. Throws RegressError `results` where a shard is missing or there twice, and
 * where the files are not of one check.
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

/** Each project is merged by itself. */
function mergeProjects(first: StoredReport, stored: readonly StoredReport[]): CheckReport {
  const namesOf = ({ report }: StoredReport) => (report.projects ?? []).map(({ name }) => name).join(', ') || 'none';
  for (const other of stored) {
    if (namesOf(other) === namesOf(first)) continue;
    throw new RegressError('results', `${first.file} and ${other.file} are not of one check`, {
      detail: `Their projects: ${namesOf(first)} in the first, ${namesOf(other)} in the second.`,
      hint: 'Name only files of one check: regress report shard-*.json',
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
    detail: 'Only the shards of one check are merged.',
    hint: `regress report ${file}`,
  });
}

/** What is the same in all shards of a check, as messages name it. */
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
    throw new RegressError('results', `${first.file} and ${other.file} are not of one check`, {
      detail: `Their ${name}: ${one} in the first, ${two} in the second.`,
      hint: 'Run all shards on one commit with one snapshot: regress check --shard 1/N --reporter json=shard-1.json',
    });
  }
}

/** Missing shards that are named: a file can speak of more than there is room for. */
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
    throw new RegressError('results', `shard ${index}/${total} is there more than once`, {
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
  throw new RegressError('results', `${lacking === 1 ? 'shard' : 'shards'} ${names} of the check missing`, {
    detail: `There ${shards.length === 1 ? 'is' : 'are'} ${shards.map(({ shard, file }) => `${shard.index}/${total} in ${file}`).join(', ')}.`,
    hint: `regress check --shard ${lost}/${total} --reporter json=shard-${lost}.json`,
  });
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

/** A query has all its results in one shard, in their order. */
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
