import { z } from 'zod';

/** Our own message for a value of the wrong type; zod's message for everything else. */
export function expected(what: string): z.core.$ZodErrorMap {
  return (issue) => (issue.code === 'invalid_type' ? `${what} is expected` : undefined);
}

export const text = z.string({ error: expected('a text') }).min(1, 'the text must not be empty');

/** Planner cost units. */
export const cost = z.number({ error: expected('a cost') }).min(0, 'a cost must not be negative');

const ratio = z
  .number({ error: expected('a ratio to the baseline, such as 1.5,') })
  .min(1, 'a ratio must be at least 1');

/** Thresholds in regress.yaml, a suite or a query. Every part is optional. */
export const thresholds = z.strictObject(
  {
    cost: z
      .strictObject(
        { warn: ratio.exactOptional(), fail: ratio.exactOptional(), ignoreBelow: cost.exactOptional() },
        { error: expected('a map with warn, fail and ignoreBelow') },
      )
      .refine(({ warn = 1, fail = Number.POSITIVE_INFINITY }) => warn <= fail, 'warn must not be greater than fail')
      .exactOptional(),
    rows: z.strictObject({ warn: ratio.exactOptional() }, { error: expected('a map with warn') }).exactOptional(),
    shape: z.enum(['off', 'note', 'warn', 'fail'], { error: 'shape must be off, note, warn or fail' }).exactOptional(),
    drift: z.enum(['warn', 'fail'], { error: 'drift must be warn or fail' }).exactOptional(),
  },
  { error: expected('a map with cost, rows, shape and drift') },
);
