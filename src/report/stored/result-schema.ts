import { z } from 'zod';
import type { Finding, FindingCode } from '../../model/finding.ts';
import type { PlanNode, PlanValue } from '../../model/plan.ts';
import type { CheckReport, PlanResult } from '../../model/result.ts';
import { FINDING_TITLES } from '../text/finding-titles.ts';

/** The schema of the JSON report, for reading it and for `schema/report.schema.json`. */

/** Requires a schema for each key, so that none is forgotten: a key without a schema would not be read. */
type EachKeyOf<T> = Readonly<Record<keyof T, z.ZodType>>;

const count = z.int().min(0);
const text = z.string();

const planValue: z.ZodType<PlanValue> = z
  .lazy(() => z.union([text, z.number(), z.boolean(), z.array(planValue), z.record(text, planValue)]))
  .meta({ id: 'PlanValue', description: 'A value in EXPLAIN (FORMAT JSON), as PostgreSQL prints it.' });

const planNode: z.ZodType<PlanNode> = z
  .lazy(() =>
    z.object({
      nodeType: text.describe('"Node Type" in EXPLAIN, such as Index Scan'),
      startupCost: z.number(),
      totalCost: z.number().describe('planner cost units'),
      planRows: z.number(),
      planWidth: z.number().describe('bytes'),
      schema: text.exactOptional(),
      relationName: text.exactOptional(),
      alias: text.exactOptional(),
      indexName: text.exactOptional(),
      properties: z.record(text, planValue).describe("all other keys, with PostgreSQL's names"),
      plans: z.array(planNode),
    }),
  )
  .meta({ id: 'PlanNode', description: 'One node of a plan.' });

const figures = z
  .object({ totalCost: z.number(), planRows: z.number(), plan: planNode })
  .meta({ id: 'PlanFigures', description: 'A plan, with the figures of its top node.' });

const finding = z
  .object({
    code: z.enum(Object.keys(FINDING_TITLES) as FindingCode[]).describe('see its page in docs/findings'),
    severity: z.enum(['note', 'warn', 'fail', 'error']),
    message: text,
    detail: text.describe('sentences, one per line').exactOptional(),
    hint: text.describe('the next command to type, or what to do').exactOptional(),
    cause: z.array(z.enum(['query', 'snapshot', 'settings', 'version', 'schema'])).exactOptional(),
    standing: z
      .literal(true)
      .describe('with --against: the revision has the finding too, so the branch did not cause it')
      .exactOptional(),
  } satisfies EachKeyOf<Omit<Finding, 'node'>>)
  .meta({ id: 'Finding', description: 'One difference that the check reports.' });

const firstDifference = z.object({
  source: text.describe("production's node"),
  target: text,
  label: text.describe('the property that differs'),
  sourceValue: text,
  targetValue: text,
});

const deviation = z.object({
  suite: text,
  query: text,
  case: text.nullable(),
  verdict: z.enum(['same plan', 'different']).nullable(),
  difference: firstDifference.nullable(),
  reasons: z.array(text),
});

const status = z.enum(['ok', 'warn', 'fail', 'error']);

const result: z.ZodType<PlanResult> = z
  .object({
    project: text.describe('in a report of several projects: the project of the query').exactOptional(),
    suite: text.describe("path of the suite, relative to the parent of the suites' folder"),
    query: text,
    case: text.nullable().describe('name of the case, "generic", or null for a query without parameters'),
    file: text,
    line: z.int().min(1),
    sql: text.describe('as written in the suite'),
    settings: z.record(text, text).describe('settings of this query only').exactOptional(),
    stats: z
      .object({ calls: z.number().optional(), mean_exec_time: z.number().optional() })
      .describe("use of the query in production, with pg_stat_statements' names")
      .exactOptional(),
    status,
    branchStatus: status.describe('the status if only the branch had changed').exactOptional(),
    findings: z.array(finding).describe('the worst first'),
    changedBy: z
      .object({
        by: z.enum(['branch', 'settings', 'snapshot', 'version', 'unknown']),
        growth: text.nullable().describe('how the row count of a table changed, such as "public.orders grew 80 %"'),
      })
      .exactOptional(),
    values: text.nullable(),
    baselineValues: text.nullable(),
    baseline: figures.nullable(),
    baselineMajor: z.int().nullable(),
    current: figures.nullable(),
    asPlanned: figures
      .describe(
        "the current plan as PostgreSQL printed it, if `current` is rewritten for a comparison with another major's plan",
      )
      .exactOptional(),
    provenance: z
      .object({ query: text, snapshot: text, settings: text })
      .describe('digests of the query, snapshot and settings with which the current plan was made'),
    auto: z.literal(true).describe('true for an automatic case').exactOptional(),
    runnerUp: z
      .object({ totalCost: z.number(), without: z.array(text) })
      .describe("what a plan of the baseline's shape would cost now")
      .exactOptional(),
    production: z
      .enum(['identical', 'same plan', 'different'])
      .nullable()
      .describe("how the current plan compares with production's own"),
  } satisfies EachKeyOf<PlanResult>)
  .meta({ id: 'PlanResult', description: 'One query, planned one way and compared.' });

const costRatio = z.object({ least: z.number(), median: z.number(), greatest: z.number() });

/** Facts of a check without its results: of a report, or of one of its projects. */
const facts = {
  server: z.object({ version: text, major: z.int() }),
  rehearsal: z
    .object({
      source: z.int(),
      target: z.int(),
      compared: count,
      sameShape: count,
      costRatio: costRatio.nullable(),
    })
    .nullable()
    .describe("a check on another major than the snapshot's"),
  snapshot: z.object({ path: text, digest: text, capturedAt: text }),
  suites: z.object({
    path: text.describe('folder of the suites, relative to the top of the repository'),
    digest: text.describe('digest of the selected queries and of their thresholds'),
  }),
  shard: z
    .object({
      index: z.int().min(1),
      total: z.int().min(1),
      places: z.array(count).describe('for each result, the place of its query among all queries, from 0'),
    })
    .nullable()
    .describe('null: the whole check'),
  settings: z.record(text, text).describe('planner settings in force'),
  summary: z.object({ queries: count, ok: count, warned: count, failed: count, errored: count }),
  against: z
    .object({ ref: text, commit: text, mergeBase: z.boolean(), isHead: z.boolean(), standing: count })
    .nullable()
    .describe('the revision that plans are compared with; null: committed baselines'),
  causes: z
    .object({
      branch: count,
      settings: count,
      snapshot: count,
      version: count,
      unknown: count,
      growth: text.nullable(),
    })
    .nullable()
    .describe('number of changed plans by cause; null: no plan changed'),
  failOn: z.enum(['any', 'branch']),
  conditions: z.array(
    z.object({
      code: z.enum([
        'major',
        'architecture',
        'block-size',
        'encoding',
        'collation',
        'ctype',
        'planner-library',
        'extension-version',
        'setting',
        'role',
        'privileges',
        'values',
      ]),
      message: text,
      effect: text,
      hint: text.exactOptional(),
    }),
  ),
  production: z
    .object({
      identical: count,
      samePlan: count,
      different: count,
      unplanned: count,
      total: count,
      deviations: z.array(deviation),
    })
    .nullable()
    .describe("how many of production's own plans the check reproduced"),
  notes: z.array(finding).describe('findings that are about no query of the suites'),
};

export const reportSchema: z.ZodType<CheckReport> = z
  .object({
    format: z.literal(1),
    regress: text.describe('version of regress'),
    extension: text.describe('version of the extension regress_planner'),
    startedAt: text.describe('ISO 8601'),
    ...facts,
    results: z.array(result),
    projects: z
      .array(z.object({ name: text, ...facts }))
      .describe('in a report of several projects: the facts of each; those above are of all together')
      .exactOptional(),
  } satisfies EachKeyOf<CheckReport>)
  .meta({ title: 'Report of regress check', description: 'The output of --reporter json, format 1.' });
