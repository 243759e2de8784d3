import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RegressError } from '../model/errors.ts';
import type { PlanNode, PlanValue } from '../model/plan.ts';

const planValue: z.ZodType<PlanValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(planValue), z.record(z.string(), planValue)]),
);

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    nodeType: z.string(),
    startupCost: z.number(),
    totalCost: z.number(),
    planRows: z.number(),
    planWidth: z.number(),
    schema: z.string().exactOptional(),
    relationName: z.string().exactOptional(),
    alias: z.string().exactOptional(),
    indexName: z.string().exactOptional(),
    properties: z.record(z.string(), planValue),
    plans: z.array(planNode),
  }),
);

const figures = z.object({ plan: planNode });
const made = z.object({
  server: z.object({ version: z.string(), major: z.int() }),
  snapshot: z.object({ path: z.string(), digest: z.string() }),
});

const result = z.object({
  project: z.string().optional(),
  suite: z.string(),
  query: z.string(),
  case: z.string().nullable(),
  file: z.string(),
  line: z.int(),
  findings: z.array(z.object({ code: z.string(), message: z.string(), detail: z.string().optional() })),
  values: z.string().nullable(),
  current: figures.nullable(),
  asPlanned: figures.optional(),
  provenance: z.object({ query: z.string(), snapshot: z.string(), settings: z.string() }),
  auto: z.literal(true).optional(),
});

const report = made.extend({
  format: z.literal(1),
  projects: z.array(made.extend({ name: z.string(), folder: z.string() })).optional(),
  results: z.array(result),
});

/** What accepting needs of a JSON report of check. */
export type StoredReport = z.infer<typeof report>;
export type StoredResult = z.infer<typeof result>;

/** Reads a JSON report of check. Throws RegressError `usage` for a file that cannot be read or is none. */
export async function readStoredReport(file: string): Promise<StoredReport> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new RegressError('usage', `could not read ${file}`, { detail: `${cause.message}.`, cause });
  });
  const parsed = report.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') || 'the top';
  throw new RegressError('usage', `${file} is no JSON report that plans can be accepted from`, {
    detail: `At ${place}: ${issue?.message}.`,
    hint: 'regress check --reporter json=results.json writes one.',
  });
}

/** Undefined where it is no JSON, which the schema then says. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
