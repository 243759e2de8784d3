import { z } from 'zod';
import { expected, text, thresholds } from '../yaml/index.ts';

const productionObjects = z.array(z.enum(['partitions', 'indexes'])).min(1);

/** No more than a timer of Node.js takes: 24 days. */
const timeout = z
  .int({ error: expected('a whole number of seconds') })
  .min(1, 'a step takes a second at least')
  .max(2_000_000, 'a step that takes so long is none')
  .optional();

const variableName = z
  .string({ error: expected('the name of a variable') })
  .regex(/^[A-Za-z_]\w*$/, 'the name of a variable of the environment is expected');

const prepareStep = z.union(
  [
    z.strictObject({ sql: text, timeout }),
    z.strictObject({ run: text, timeout, env: z.array(variableName).optional() }),
    z.strictObject({ production: productionObjects }),
  ],
  { error: 'a step is "sql: FILE", "run: COMMAND" or "production: [partitions, indexes]"' },
);

const expectedTable = z.strictObject(
  { rows: z.int({ error: expected('a whole number of rows') }).min(1, 'a table that is expected has a row at least') },
  { error: expected('a map with rows') },
);

/** What is said of one database. */
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
  failOn: z.enum(['any', 'branch'], { error: 'what fails a check is any or branch' }).optional(),
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
    name: text.regex(NAME, 'a name of letters, digits, ".", "_", "/" and "-" is expected').optional(),
    folder: text.optional(),
    ...project,
  },
  { error: expected('a map with folder, or with name and what regress.yaml may say of one database,') },
);

/** The shape of regress.yaml. */
export const configSchema = z.strictObject(
  {
    ...project,
    projects: z
      .array(projectEntry, { error: expected('a list of projects') })
      .min(1, 'no project is named')
      .optional(),
  },
  { error: expected('a map') },
);

export type ConfigFile = z.infer<typeof configSchema>;
export type ProjectEntry = z.infer<typeof projectEntry>;
/** What is said of one database. */
export type ProjectFile = Omit<ProjectEntry, 'name' | 'folder'>;
