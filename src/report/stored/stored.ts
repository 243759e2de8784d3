import { z } from 'zod';
import { RegressError } from '../../model/errors.ts';
import type { CheckReport } from '../../model/result.ts';
import { isJsonObject, parseJson } from '../../model/text/json.ts';
import { firstMistake, type Mistake } from './first-mistake.ts';
import { reportSchema } from './result-schema.ts';

/** The format that this version writes and reads. */
const FORMAT = 1;

const HINT = 'npx regress-pg check --reporter json=results.json';

/** Reads a report that the json reporter wrote. `file` is its name in messages. Throws RegressError `results`. */
export function parseReport(text: string, file: string): CheckReport {
  const value = jsonOf(text, file);
  const format = isJsonObject(value) ? value.format : undefined;
  if (format !== FORMAT) throw otherFormat(file, format);
  const mistake = firstMistake(reportSchema, value);
  if (mistake !== null) throw invalid(file, sentenceOf(mistake));
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success)
    throw invalid(file, sentenceOf(parsed.error.issues[0] ?? { path: [], message: 'not as expected' }));
  const { shard, results } = parsed.data;
  if (shard !== null && (shard.index > shard.total || shard.places.length !== results.length)) {
    throw invalid(file, 'At shard: it does not match the results.');
  }
  return parsed.data;
}

function sentenceOf({ path, message }: Mistake): string {
  return `At ${path.join('.') || 'the top'}: ${message}.`;
}

/** The JSON Schema of the report, for schema/report.schema.json. */
export function reportJsonSchema(): object {
  // `input` allows further keys: readers must ignore keys that a later version adds.
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
  return new RegressError(
    'results',
    `${file} has format ${format}, but this version of regress reads format ${FORMAT}`,
    {
      hint: 'Render it with the version of regress that wrote it.',
    },
  );
}

function invalid(file: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('results', `${file} does not hold results of regress check`, { detail, hint: HINT, cause });
}
