import type { Deviation } from '../../model/plans/production-plan.ts';
import { type CheckFacts, type CheckReport, isBad, type Rehearsal, type Summary } from '../../model/result.ts';
import type { Paint, Style } from './paint.ts';

const MAX_NAMED = 5;

/** The last lines of a report: how many queries passed, warned or failed, and what they were planned with. */
export function summaryLines(report: CheckReport, elapsedMs: number | null, paint: Paint): readonly string[] {
  const time = elapsedMs === null ? [] : [['Time', duration(elapsedMs)] as const];
  return [...summaryFacts(report, paint), ...time].map(
    ([name, value]) => `${paint('dim', name.padStart(9))}  ${value}`,
  );
}

/** The same without the time, as names and values. A line that continues the one before has no name. */
export function summaryFacts(report: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  return [
    ['Queries', counts(report.summary, paint)],
    ...reproduced(report, paint),
    ...comparedWith(report),
    ...causeFacts(report, paint),
    ...madeWith(report, paint),
    ...rehearsalFacts(report, paint),
  ];
}

/** Snapshot and server; for several projects a line each, with the counts of its queries. */
function madeWith(report: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  const { projects } = report;
  if (projects === undefined) return [['Snapshot', snapshotText(report)], serverFact(report)];
  const lines = projects.map((project, at) => {
    const { name, summary, server } = project;
    const text = `${name}: ${counts(summary, paint)}; ${snapshotText(project)}; PostgreSQL ${server.version}`;
    return [at === 0 ? 'Projects' : '', text] as const;
  });
  return lines;
}

function snapshotText({ snapshot: { path, capturedAt, digest } }: CheckFacts): string {
  return `${path}, captured ${minute(capturedAt)}, ${shortDigest(digest)}`;
}

function serverFact({ server }: CheckFacts): readonly [string, string] {
  return ['Server', `PostgreSQL ${server.version}`];
}

/** The revision whose plans replaced baselines. */
function comparedWith({ against }: CheckReport): readonly (readonly [string, string])[] {
  if (against === null) return [];
  const { ref, commit, mergeBase, isHead, standing } = against;
  const named = mergeBase
    ? `the merge base of HEAD and ${ref}, ${shortDigest(commit)}`
    : `${ref}, ${shortDigest(commit)}`;
  const also = standing === 1 ? '1 finding is there too' : `${standing} findings are there too`;
  const head = isHead ? ', which is HEAD: only uncommitted changes differ' : '';
  return [['Against', `${named}${head}${standing === 0 ? '' : `; ${also} (--verbose)`}`]];
}

/** What changed the plans, and whether that decides the exit status. */
function causeFacts(
  { against, causes, failOn, results }: CheckReport,
  paint: Paint,
): readonly (readonly [string, string])[] {
  if (causes === null) return [];
  const { branch, settings, snapshot, version, unknown, growth } = causes;
  // Against a revision, snapshot and settings are the same on both sides.
  const others = [
    `${snapshot} because the snapshot changed${growth === null ? '' : ` (${growth} since the baseline)`}`,
    `${settings} by settings`,
  ];
  const parts = [
    `${branch} ${branch === 1 ? 'plan' : 'plans'} changed by this branch`,
    ...(against === null ? others : []),
    ...(version > 0 ? [`${version} by the version of PostgreSQL`] : []),
    ...(unknown > 0 ? [paint('warn', `${unknown} of unknown cause`)] : []),
  ];
  const innocent = results.filter(
    ({ status, branchStatus }) => isBad(status) && branchStatus !== undefined && !isBad(branchStatus),
  ).length;
  const passed = `this branch did not cause ${innocent} ${innocent === 1 ? 'failure, which does' : 'failures, which do'} not count (failOn: branch)`;
  return [['Causes', parts.join(' | ')], ...(failOn === 'branch' && innocent > 0 ? [['', passed] as const] : [])];
}

/** How many of production's own plans the check reproduced: the proof that its plans can be trusted. */
function reproduced({ production }: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  if (production === null) return [];
  const { identical, samePlan, different, unplanned, total, deviations } = production;
  const text = paint(identical === total ? 'good' : 'warn', `${identical} of ${total} as production planned`);
  const others = [
    [samePlan, 'with other estimates'],
    [different, 'different'],
    [unplanned, 'not compared'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const more = deviations.length > MAX_NAMED ? [['', `${deviations.length - MAX_NAMED} more`] as const] : [];
  const named = deviations.slice(0, MAX_NAMED).map((deviation) => ['', deviationText(deviation)] as const);
  return [['Fidelity', [text, ...others].join(' | ')], ...named, ...more];
}

/** The first difference of a plan from production's, and the known reasons for it. */
export function deviationText(deviation: Deviation): string {
  const { query, difference, reasons } = deviation;
  const name = deviation.case === null ? query : `${query} [${deviation.case}]`;
  const what =
    difference === null
      ? []
      : [
          `${difference.target}: ${difference.label} ${difference.targetValue}, in production ${difference.sourceValue}`,
        ];
  const unknown = difference !== null && reasons.length === 0 ? ['no known reason'] : [];
  return `${name}: ${[...what, ...reasons, ...unknown].join('; ')}`;
}

/** A rehearsal does not show production's plans. It shows how accepted plans change on another major. */
function rehearsalFacts({ rehearsal }: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  if (rehearsal === null) return [];
  const { source, target } = rehearsal;
  const warning = `the snapshot is from PostgreSQL ${source}, the plans are from ${target}: they are not production's`;
  const outcome: readonly [string, string] = ['', rehearsalOutcome(rehearsal)];
  return [['Rehearsal', paint('warn', warning)], ...(rehearsal.compared > 0 ? [outcome] : [])];
}

function rehearsalOutcome({ source, compared, sameShape, costRatio }: Rehearsal): string {
  const ratios = costRatio && [costRatio.least, costRatio.median, costRatio.greatest].map((ratio) => ratio.toFixed(2));
  const costs = ratios === null ? '' : `, costs ${ratios[0]} to ${ratios[2]} times (median ${ratios[1]})`;
  return `compared with the baselines of PostgreSQL ${source}: ${sameShape} of ${compared} keep their shape${costs}`;
}

/** Milliseconds as text for people. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function counts({ queries, ok, warned, failed, errored }: Summary, paint: Paint): string {
  const parts: readonly (readonly [number, string, Style])[] = [
    [errored, 'could not be planned', 'bad'],
    [failed, 'failed', 'bad'],
    [warned, 'warned', 'warn'],
    [ok, 'ok', 'good'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, word, style]) => paint(style, `${count} ${word}`));
  return shown.length === 0 ? 'none' : `${shown.join(' | ')} (${queries})`;
}

/** A timestamp to the minute. */
export function minute(timestamp: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(timestamp);
  return match === null ? timestamp : `${match[1]} ${match[2]} UTC`;
}

/** The beginning of a digest, enough to distinguish snapshots. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
