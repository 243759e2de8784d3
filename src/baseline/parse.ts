import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import type { RegressError } from '../model/errors.ts';
import { sourceError } from '../yaml/index.ts';
import { BASELINE_FORMAT_VERSION, HEAD } from './format.ts';
import { parseNoise } from './noise-line.ts';
import { parsePlan } from './plan-text/parse.ts';
import { PlanTextError, parseValue } from './plan-text/scalar.ts';

/** The origin of a baseline's text, for messages and for the baseline itself. */
export interface BaselineOrigin {
  /** Path of the file, for messages. */
  readonly file: string;
  /** As `Suite.file`. */
  readonly suite: string;
  /** The major in its file name. */
  readonly major: number;
}

const HEADER = /^regress baseline, format (\d+), PostgreSQL (\d+)$/;
const CONFLICT_MARKER = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

type Fail = (line: number, message: string, hint?: string) => RegressError;

/**
 * Parses the text of a baseline file. Throws RegressError `config` with the file, the line number and the line: for
 * unresolved merge conflicts, another format or major, and anything that `formatBaseline` does not write.
 */
export function parseBaseline(source: string, { file, suite, major }: BaselineOrigin): Baseline {
  const lines = source.split(/\r?\n/);
  // A missing plan is reported on the line after its block; the last block may have none.
  const placeOf = (line: number) => ({ line: Math.min(line, lines.length), column: 1 });
  const fail: Fail = (line, message, hint) =>
    sourceError('config', file, source, placeOf(line), message, hint === undefined ? {} : { hint });
  refuseConflicts(lines, fail);
  checkHeader(lines[0] ?? '', major, fail);
  const blocks: BaselineBlock[] = [];
  const seen = new Map<string, number>();
  for (const { start, end } of blockRanges(lines)) {
    const block = parseBlock(lines.slice(start, end), start + 1, fail);
    const key = JSON.stringify([block.query, block.case]);
    const first = seen.get(key);
    if (first !== undefined)
      throw fail(start + 1, `the same query and case as on line ${first}`, 'Remove one of the two.');
    seen.set(key, start + 1);
    blocks.push(block);
  }
  return { suite, major, blocks };
}

function refuseConflicts(lines: readonly string[], fail: Fail): void {
  const conflict = lines.findIndex((line) => CONFLICT_MARKER.test(line));
  if (conflict < 0) return;
  throw fail(
    conflict + 1,
    'the baseline has an unresolved merge conflict',
    'Keep either side of each conflict, then accept the plans of the merged branch: npx regress-pg update PATTERN',
  );
}

function checkHeader(header: string, major: number, fail: Fail): void {
  const [, format, headerMajor] = HEADER.exec(header) ?? [];
  if (format === undefined)
    throw fail(1, 'not a baseline: the first line must be "regress baseline, format 1, PostgreSQL NN"');
  if (Number(format) !== BASELINE_FORMAT_VERSION) {
    throw fail(
      1,
      `baseline format ${format} is not supported: this version of regress reads format ${BASELINE_FORMAT_VERSION}`,
    );
  }
  if (Number(headerMajor) !== major)
    throw fail(1, `the file is named for PostgreSQL ${major}, but its baseline is of PostgreSQL ${headerMajor}`);
}

/** Runs of non-empty lines after the header; `end` is exclusive. */
function blockRanges(lines: readonly string[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (let index = 1; index < lines.length; index++) {
    if (lines[index] === '') continue;
    const range = ranges.at(-1);
    if (range?.end === index) range.end = index + 1;
    else ranges.push({ start: index, end: index + 1 });
  }
  return ranges;
}

function parseBlock(lines: readonly string[], firstLine: number, fail: Fail): BaselineBlock {
  const planStart = lines.findIndex((line) => line.startsWith('-> '));
  const headLength = planStart < 0 ? lines.length : planStart;
  const head = parseHead(lines.slice(0, headLength), firstLine, fail);
  const required = (label: string): string => {
    const value = head.get(label);
    if (value === undefined) throw fail(firstLine, `the block has no "${label}:"`);
    return value;
  };
  const values = head.get(HEAD.values);
  const lineOf = (label: string) => firstLine + lines.findIndex((line) => line.startsWith(`${label}: `));
  return {
    query: required(HEAD.query),
    case: head.get(HEAD.case) ?? null,
    ...(values !== undefined && { values }),
    provenance: {
      query: required(HEAD.queryDigest),
      snapshot: required(HEAD.snapshotDigest),
      settings: required(HEAD.settingsDigest),
    },
    reason: head.get(HEAD.reason) ?? '',
    ...parseBlockNoise(head.get(HEAD.noise), () =>
      fail(lineOf(HEAD.noise), 'expected noise such as "cost x1.08, rows x2.4, 5 snapshots, shapes 1a2b3c4d"'),
    ),
    plan: parseBlockPlan(lines.slice(headLength), firstLine + headLength, fail),
  };
}

function parseBlockNoise(text: string | undefined, fail: () => RegressError): Pick<BaselineBlock, 'noise'> {
  if (text === undefined) return {};
  const noise = parseNoise(text);
  if (noise === null) throw fail();
  return { noise };
}

function parseHead(lines: readonly string[], firstLine: number, fail: Fail): Map<string, string> {
  const labels: readonly string[] = Object.values(HEAD);
  const head = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [, label, text] = /^([a-z ]+): (.+)$/.exec(line) ?? [];
    if (label === undefined || text === undefined || !labels.includes(label) || head.has(label)) {
      throw fail(
        firstLine + index,
        `expected one of ${labels.map((known) => `"${known}:"`).join(', ')}, each at most once`,
      );
    }
    head.set(
      label,
      textOf(text, () => fail(firstLine + index, 'expected text')),
    );
  }
  return head;
}

function textOf(written: string, fail: () => RegressError): string {
  let value: unknown;
  try {
    value = parseValue(written);
  } catch {
    throw fail();
  }
  if (typeof value !== 'string') throw fail();
  return value;
}

function parseBlockPlan(lines: readonly string[], firstLine: number, fail: Fail): BaselineBlock['plan'] {
  try {
    return parsePlan(lines);
  } catch (error) {
    if (error instanceof PlanTextError) throw fail(firstLine + error.line - 1, error.message);
    throw error;
  }
}
