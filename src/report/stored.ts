import { z } from 'zod';
import { RegressError } from '../model/errors.ts';
import { parseJson } from '../model/json.ts';
import type { CheckReport } from '../model/result.ts';
import { planNodeAlone, reportSchema } from './result-schema.ts';

/** The format this version writes and reads. */
const FORMAT = 1;

const HINT = 'regress check --reporter json=results.json';

/** A report as the json reporter wrote it. `file` names it in messages. Throws RegressError `results`. */
export function parseReport(text: string, file: string): CheckReport {
  const value = jsonOf(text, file);
  const format = isObject(value) ? value.format : undefined;
  if (format !== FORMAT) throw otherFormat(file, format);
  const wrong = wrongNode(value);
  if (wrong !== null) throw invalid(file, wrong);
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) throw invalid(file, told(parsed.error.issues));
  const { shard, results } = parsed.data;
  if (shard !== null && (shard.index > shard.total || shard.places.length !== results.length)) {
    throw invalid(file, 'At shard: it does not fit the results.');
  }
  return parsed.data;
}

function told([issue]: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): string {
  const path = [...above, ...(issue?.path ?? [])].join('.') || 'the whole';
  return `At ${path}: ${issue?.message ?? 'not as expected'}.`;
}

/** A value on the way through a report; `above` is what it stands in. */
interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly isNode: boolean;
  readonly above: Place | null;
}

/** What is wrong with the first node of a plan that is none: under `plan`, or below such a node under `plans`. */
function wrongNode(report: unknown): string | null {
  const open: Place[] = [{ value: report, key: '', isNode: false, above: null }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, isNode } = place;
    if (isNode) {
      const { error } = planNodeAlone.safeParse(value);
      if (error !== undefined) return told(error.issues, pathOf(place));
      const { plans } = value as { readonly plans: readonly unknown[] };
      const list: Place = { value: plans, key: 'plans', isNode: false, above: place };
      for (const [at, node] of plans.entries()) open.push({ value: node, key: `${at}`, isNode: true, above: list });
    } else if (isObject(value)) {
      for (const [key, each] of Object.entries(value)) {
        if (isObject(each)) open.push({ value: each, key, isNode: key === 'plan', above: place });
      }
    }
  }
  return null;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at: Place | null = place; at?.above != null; at = at.above) path.unshift(at.key);
  return path;
}

/** The JSON Schema of the report, as schema/report.schema.json has it. */
export function reportJsonSchema(): object {
  // Readers are to ignore what a later version adds.
  return z.toJSONSchema(reportSchema, { target: 'draft-7', io: 'input' });
}

function jsonOf(text: string, file: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw invalid(file, `It is not JSON: ${(cause as Error).message}.`, cause);
  }
}

function otherFormat(file: string, format: unknown): RegressError {
  if (typeof format !== 'number') return invalid(file, 'It has no "format".');
  return new RegressError('results', `${file} has format ${format}, and this regress reads format ${FORMAT}`, {
    hint: 'Render it with the version of regress that wrote it.',
  });
}

function invalid(file: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('results', `${file} does not hold results of regress check`, { detail, hint: HINT, cause });
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
