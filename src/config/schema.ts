import { z } from 'zod';
import { expected, text, thresholds } from '../yaml/index.ts';

const productionObjects = z.array(z.enum(['partitions', 'indexes'])).min(1);

/** Seconds. Node.js timers take at most 24 days. */
const timeout = z
  .int({ error: expected('a whole number of seconds') })
  .min(1, 'a timeout must be at least 1 second')
  .max(2_000_000, 'a timeout must be at most 2000000 seconds')
  .optional();

const variableName = z
  .string({ error: expected('the name of an environment variable') })
  .regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable is expected');

const prepareStep = z.union(
  [
    z.strictObject({ sql: text, timeout }),
    z.strictObject({ run: text, timeout, env: z.array(variableName).optional() }),
    z.strictObject({ production: productionObjects }),
  ],
  { error: 'a step must be "sql: FILE", "run: COMMAND" or "production: [partitions, indexes]"' },
);

const expectedTable = z.strictObject(
  { rows: z.int({ error: expected('a whole number of rows') }).min(1, 'an expected table must have at least 1 row') },
  { error: expected('a map with rows') },
);

/** Keys for one database. */
const project = {
  source: z.strictObject({ url: text.optional() }, { error: expected('a map with url') }).optional(),
  target: z
    .strictObject(
      {
        url: text.optional(),
        pgConfig: text.optional(),
        role: text.optional(),
        prepare: z.array(prepareStep, { error: expected('a list of steps') }).optional(),
      },
      { error: expected('a map with url, pgConfig, role and prepare') },
    )
    .optional(),
  snapshot: text.optional(),
  suites: text.optional(),
  map: z
    .strictObject(
      {
        schemas: z.record(z.string(), text, {
          error: expected('a map of schemas, such as { public: tenant_42 },'),
        }),
      },
      { error: expected('a map with schemas') },
    )
    .optional(),
  thresholds: thresholds.optional(),
  failOn: z.enum(['any', 'branch'], { error: 'failOn must be any or branch' }).optional(),
  expect: z
    .strictObject(
      {
        tables: z.record(z.string(), expectedTable, {
          error: expected('a map of tables, such as { invoices: { rows: 2000000 } },'),
        }),
      },
      { error: expected('a map with tables') },
    )
    .optional(),
};

const NAME = /^[\w][\w./-]*$/;

const projectEntry = z.strictObject(
  {
    name: text.regex(NAME, 'a name may contain only letters, digits, ".", "_", "/" and "-"').optional(),
    folder: text.optional(),
    ...project,
  },
  { error: expected('a map with folder, or with name and the keys of one database,') },
);

/** The shape of regress.yaml. */
export const configSchema = z.strictObject(
  {
    ...project,
    projects: z
      .array(projectEntry, { error: expected('a list of projects') })
      .min(1, 'projects must list at least one project')
      .optional(),
  },
  { error: expected('a map') },
);

export type ConfigFile = z.infer<typeof configSchema>;
export type ProjectEntry = z.infer<typeof projectEntry>;
/** The keys for one database. */
export type ProjectFile = Omit<ProjectEntry, 'name' | 'folder'>;
