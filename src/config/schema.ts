import { z } from 'zod';

const ratio = z
  .number({ error: 'a ratio to the baseline is expected, such as 1.5' })
  .min(1, 'a ratio must be at least 1');
const nonNegative = z.number({ error: 'a number is expected' }).min(0, 'a cost must not be negative');
const text = z.string({ error: 'a text is expected' }).min(1, 'the text must not be empty');

/** The part of thresholds a suite or a query may override. */
export const thresholdOverrides = z.strictObject(
  {
    cost: z.strictObject({ warn: ratio, fail: ratio, ignoreBelow: nonNegative }).partial().optional(),
    rows: z.strictObject({ warn: ratio }).partial().optional(),
    shape: z.enum(['off', 'note', 'warn', 'fail'], { error: 'shape is one of off, note, warn and fail' }).optional(),
  },
  { error: expected('a map with cost, rows and shape') },
);

const prepareStep = z.union([z.strictObject({ sql: text }), z.strictObject({ run: text })], {
  error: 'a step is either "sql: FILE" or "run: COMMAND"',
});

/** The shape of regress.yaml. */
export const configSchema = z.strictObject(
  {
    source: z.strictObject({ url: text.optional() }, { error: expected('a map with url') }).optional(),
    target: z
      .strictObject(
        {
          url: text.optional(),
          pgConfig: text.optional(),
          prepare: z.array(prepareStep, { error: expected('a list of steps') }).optional(),
        },
        { error: expected('a map with url, pgConfig and prepare') },
      )
      .optional(),
    snapshot: text.optional(),
    suites: text.optional(),
    thresholds: thresholdOverrides.optional(),
  },
  { error: expected('a map') },
);

export type ConfigFile = z.infer<typeof configSchema>;

/** zod's own words for everything but a wrong type, which is said in the user's terms. */
function expected(what: string): z.core.$ZodErrorMap {
  return (issue) => (issue.code === 'invalid_type' ? `${what} is expected` : undefined);
}
