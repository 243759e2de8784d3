import { z } from 'zod';

/** Said in the user's terms where the type is wrong; zod's own words for everything else. */
export function expected(what: string): z.core.$ZodErrorMap {
  return (issue) => (issue.code === 'invalid_type' ? `${what} is expected` : undefined);
}

export const text = z.string({ error: expected('a text') }).min(1, 'the text must not be empty');

/** Planner cost units. */
export const cost = z.number({ error: expected('a cost') }).min(0, 'a cost must not be negative');

const ratio = z
  .number({ error: expected('a ratio to the baseline, such as 1.5,') })
  .min(1, 'a ratio must be at least 1');

/** Thresholds as regress.yaml, a suite and a query have them: any part may be left out. */
export const thresholds = z.strictObject(
  {
    cost: z
      .strictObject(
        { warn: ratio.exactOptional(), fail: ratio.exactOptional(), ignoreBelow: cost.exactOptional() },
        { error: expected('a map with warn, fail and ignoreBelow') },
      )
      .refine(
        ({ warn = 1, fail = Number.POSITIVE_INFINITY }) => warn <= fail,
        'the ratio that warns is above the one that fails',
      )
      .exactOptional(),
    rows: z.strictObject({ warn: ratio.exactOptional() }, { error: expected('a map with warn') }).exactOptional(),
    shape: z
      .enum(['off', 'note', 'warn', 'fail'], { error: 'shape is one of off, note, warn and fail' })
      .exactOptional(),
    drift: z.enum(['warn', 'fail'], { error: 'drift is warn or fail' }).exactOptional(),
  },
  { error: expected('a map with cost, rows, shape and drift') },
);
