import type { Deviation } from '../../model/plans/production-plan.ts';
import { type CheckFacts, type CheckReport, isBad, type Rehearsal, type Summary } from '../../model/result.ts';
import type { Paint, Style } from './paint.ts';

const MAX_NAMED = 5;

/** The last lines of a report: how many queries came out how, and what they were planned with. */
export function summaryLines(report: CheckReport, elapsedMs: number | null, paint: Paint): readonly string[] {
  const time = elapsedMs === null ? [] : [['Time', duration(elapsedMs)] as const];
  return [...summaryFacts(report, paint), ...time].map(
    ([name, value]) => `${paint('dim', name.padStart(9))}  ${value}`,
  );
}

/** The same but for the time, as names and values; what belongs to the fact before it has no name. */
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

/** Snapshot and server; of several projects a line each, with how its queries came out. */
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

/** The revision whose plans stood in for baselines. */
function comparedWith({ against }: CheckReport): readonly (readonly [string, string])[] {
  if (against === null) return [];
  const { ref, commit, mergeBase, isHead, standing } = against;
  const named = mergeBase
    ? `the merge base of HEAD and ${ref}, ${shortDigest(commit)}`
    : `${ref}, ${shortDigest(commit)}`;
  const also = standing === 1 ? '1 finding stands there too' : `${standing} findings stand there too`;
  const head = isHead ? ', which is HEAD: only what is not committed differs' : '';
  return [['Against', `${named}${head}${standing === 0 ? '' : `; ${also} (--verbose)`}`]];
}

/** What changed the plans that differ, and whether that decides the exit status. */
function causeFacts(
  { against, causes, failOn, results }: CheckReport,
  paint: Paint,
): readonly (readonly [string, string])[] {
  if (causes === null) return [];
  const { branch, settings, snapshot, version, unknown, growth } = causes;
  // Against a revision these are the same on both sides.
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
  const passed = `${innocent} that failed ${innocent === 1 ? 'is' : 'are'} not the doing of this branch, and ${innocent === 1 ? 'does' : 'do'} not count (failOn: branch)`;
  return [['Causes', parts.join(' | ')], ...(failOn === 'branch' && innocent > 0 ? [['', passed] as const] : [])];
}

/** How many of production's own plans came out the same, which is the proof of all else. */
function reproduced({ production }: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  if (production === null) return [];
  const { identical, samePlan, different, unplanned, total, deviations } = production;
  const text = paint(identical === total ? 'good' : 'warn', `${identical} of ${total} as production planned`);
  const others = [
    [samePlan, 'with other estimates'],
    [different, 'otherwise'],
    [unplanned, 'not compared'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const more = deviations.length > MAX_NAMED ? [['', `${deviations.length - MAX_NAMED} more`] as const] : [];
  const named = deviations.slice(0, MAX_NAMED).map((deviation) => ['', deviationText(deviation)] as const);
  return [['Fidelity', [text, ...others].join(' | ')], ...named, ...more];
}

/** What differs first, and what is known to stand in the way of an identical plan. */
export function deviationText(deviation: Deviation): string {
  const { query, difference, reasons } = deviation;
  const name = deviation.case === null ? query : `${query} [${deviation.case}]`;
  const what =
    difference === null
      ? []
      : [
          `${difference.target}: ${difference.label} ${difference.targetValue}, in production ${difference.sourceValue}`,
        ];
  const unknown = difference !== null && reasons.length === 0 ? ['nothing known stands in the way'] : [];
  return `${name}: ${[...what, ...reasons, ...unknown].join('; ')}`;
}

/** A rehearsal does not say how production plans; it says what becomes of the plans that were accepted. */
function rehearsalFacts({ rehearsal }: CheckReport, paint: Paint): readonly (readonly [string, string])[] {
  if (rehearsal === null) return [];
  const { source, target } = rehearsal;
  const warning = `the snapshot is of PostgreSQL ${source}, planned on ${target}: these plans are not production's`;
  const outcome: readonly [string, string] = ['', rehearsalOutcome(rehearsal)];
  return [['Rehearsal', paint('warn', warning)], ...(rehearsal.compared > 0 ? [outcome] : [])];
}

function rehearsalOutcome({ source, compared, sameShape, costRatio }: Rehearsal): string {
  const ratios = costRatio && [costRatio.least, costRatio.median, costRatio.greatest].map((ratio) => ratio.toFixed(2));
  const costs = ratios === null ? '' : `, costs ${ratios[0]} to ${ratios[2]} times (median ${ratios[1]})`;
  return `compared with the baselines of PostgreSQL ${source}: ${sameShape} of ${compared} keep their shape${costs}`;
}

/** Milliseconds as people say them. */
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
  const told = parts.filter(([count]) => count > 0).map(([count, word, style]) => paint(style, `${count} ${word}`));
  return told.length === 0 ? 'none' : `${told.join(' | ')} (${queries})`;
}

/** A timestamp to the minute. */
export function minute(timestamp: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(timestamp);
  return match === null ? timestamp : `${match[1]} ${match[2]} UTC`;
}

/** As much of a digest as tells one snapshot from another. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
