import { z } from 'zod';
import { NODE_TYPES, nearestNodeType } from '../model/plans/node-types.ts';
import type { ParameterValue } from '../model/suite.ts';
import { cost, expected, text, thresholds } from '../yaml/index.ts';

/** Allows joiners, which occur within words of some scripts and within emoji. */
const name = text.regex(
  /^[^\s\p{C}](?:(?:[^\p{C}]|[\u200c\u200d])*[^\s\p{C}])?$/u,
  'a name must be one line, without control characters or surrounding spaces',
);
/** JavaScript would change a whole number this large on its way to the server. */
const exactNumber = z
  .number()
  .refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), 'a number this long must be quoted');

const parameterValue: z.ZodType<ParameterValue> = z.lazy(() =>
  z.union(
    [z.string(), exactNumber, z.boolean(), z.null(), z.array(parameterValue), z.record(z.string(), parameterValue)],
    { error: 'a number with more than 15 digits must be quoted' },
  ),
);

/** The message for a case of another type. */
export const CASE =
  'a case is a list of values, or a map from parameter to value; quote numbers with more than 15 digits';

const caseValues = z.union([z.array(parameterValue), z.record(z.string(), parameterValue)], { error: CASE });

/** `auto: true`, or auto with values of parameters that statistics cannot supply. */
const caseOrAuto = z.union([z.boolean(), caseValues], { error: CASE });

const cases = z.preprocess(
  (written) => (written === 'auto' ? { auto: true } : written),
  z.record(name, caseOrAuto, { error: expected('"auto", or a map from case name to values') }),
);

const setting = z.union([z.string(), z.number(), z.boolean()], {
  error: 'a setting must be a string, a number, true or false',
});

/** A misspelt node type would never occur in a plan, so it would forbid nothing. */
const nodeType = z.enum(NODE_TYPES, {
  error: ({ input }) => {
    const meant = typeof input === 'string' ? nearestNodeType(input) : null;
    return `a node type of EXPLAIN (FORMAT JSON) is expected, such as ${meant ?? 'Seq Scan'}`;
  },
});

const expectations = z.strictObject(
  {
    cost: z.strictObject({ max: cost }, { error: expected('a map with max') }).optional(),
    uses: z.array(text, { error: expected('a list of index names') }).optional(),
    forbid: z
      .array(z.strictObject({ node: nodeType, on: text.optional() }, { error: expected('a map with node and on') }), {
        error: expected('a list of nodes, such as { node: Seq Scan, on: orders }'),
      })
      .optional(),
  },
  { error: expected('a map with cost, uses and forbid') },
);

const count = z.number({ error: expected('a number') }).min(0, 'the number must not be negative');

const stats = z.strictObject(
  { calls: count.optional(), mean_exec_time: count.optional() },
  { error: expected('a map with calls and mean_exec_time') },
);

const query = z.strictObject(
  {
    name,
    sql: text,
    cases: cases.optional(),
    generic: z.boolean({ error: expected('true or false') }).optional(),
    settings: z.record(text, setting, { error: expected('a map from setting to value') }).optional(),
    expect: expectations.optional(),
    thresholds: thresholds.optional(),
    stats: stats.optional(),
    tags: z.record(text, z.string(), { error: expected('a map from tag to text') }).optional(),
  },
  { error: expected('a map with name and sql') },
);

/** The schema of a suite in YAML. */
export const suiteSchema = z.strictObject(
  {
    queries: z.array(query, { error: expected('a list of queries') }),
    ignored: z.array(name, { error: expected('a list of names') }).optional(),
    cases: z.literal('auto', { error: 'for a whole suite, cases can only be "auto"' }).optional(),
    thresholds: thresholds.optional(),
  },
  { error: expected('a map with queries') },
);

export type SuiteFile = z.infer<typeof suiteSchema>;
export type QueryFile = SuiteFile['queries'][number];
