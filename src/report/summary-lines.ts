import type { CheckReport, Summary } from '../model/result.ts';
import type { Paint, Style } from './paint.ts';

/** The last lines of a report: how many queries came out how, and what they were planned with. */
export function summaryLines(report: CheckReport, elapsedMs: number, paint: Paint): readonly string[] {
  const { snapshot, server } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['Queries', counts(report.summary, paint)],
    ['Snapshot', `${snapshot.path}, captured ${minute(snapshot.capturedAt)}, ${shortDigest(snapshot.digest)}`],
    ['Server', `PostgreSQL ${server.version}`],
    ['Time', duration(elapsedMs)],
  ];
  return facts.map(([name, value]) => `${paint('dim', name.padStart(9))}  ${value}`);
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
