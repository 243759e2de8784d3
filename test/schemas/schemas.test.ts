import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configText, type Project, suiteText } from '../../src/cli/init/files.ts';
import { configSchema } from '../../src/config/schema.ts';
import { suiteSchema } from '../../src/suite/schema.ts';
import { configJsonSchema, type JsonSchema, suiteJsonSchema } from './json-schemas.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const text = (schema: JsonSchema) => `${JSON.stringify(schema, null, 2)}\n`;

test.each([
  ['regress', configJsonSchema()],
  ['suite', suiteJsonSchema()],
])('schema/%s.schema.json is current (npm run schemas writes it)', async (name, schema) => {
  await expect(text(schema)).toMatchFileSnapshot(join(ROOT, `schema/${name}.schema.json`));
});

/** The committed schema as a validator; read when it is needed, because a missing one is written by then. */
const validator = (name: string) => ({
  safeParse: (data: unknown) =>
    z
      .fromJSONSchema(JSON.parse(read(`schema/${name}.schema.json`)) as Parameters<typeof z.fromJSONSchema>[0])
      .safeParse(data),
});

const suites = readdirSync(join(ROOT, 'suites/storefront')).filter((name) => name.endsWith('.yaml'));

describe('the committed schemas judge as the code does', () => {
  const config = validator('regress');
  const suite = validator('suite');

  test('the example', () => {
    expect(config.safeParse(parse(read('regress.yaml'))).success).toBe(true);
    expect(suites.length).toBeGreaterThan(3);
    for (const name of suites)
      expect(suite.safeParse(parse(read(`suites/storefront/${name}`))).error, name).toBeUndefined();
  });

  test('what regress init writes', () => {
    const column = { schemaname: 'public', relname: 'orders', attname: 'customer_id', reltuples: 1, visible: true };
    const odd = { schemaname: 'Odd one', relname: 'select', attname: 'a "b": #c', reltuples: 1, visible: false };
    const project: Project = {
      sourceUrl: 'postgresql://reader@replica/shop',
      schema: { run: 'make "schema" # all: of it' },
      suites: 'db/plans',
      columns: [column, odd],
    };
    for (const each of [project, { ...project, schema: null, columns: [] }]) {
      const [written, queries] = [parse(configText(each)), parse(suiteText(each))];
      expect(config.safeParse(written).error).toBeUndefined();
      expect(configSchema.safeParse(written).error).toBeUndefined();
      expect(suite.safeParse(queries).error).toBeUndefined();
      expect(suiteSchema.safeParse(queries).error).toBeUndefined();
    }
    expect(parse(configText(project)).target.prepare).toEqual([{ run: 'make "schema" # all: of it' }]);
    expect(parse(suiteText(project)).queries[1].sql).toContain('"Odd one"."select"');
  });

  test.each([
    [{ snapshott: 'x' }],
    [{ target: { prepare: [{ shell: 'x' }] } }],
    [{ thresholds: { shape: 'loud' } }],
    [{ thresholds: { cost: { warn: 0.5 } } }],
    [{ suites: 3 }],
  ])('not %j', (written) => {
    expect(config.safeParse(written).success).toBe(false);
    expect(configSchema.safeParse(written).success).toBe(false);
  });

  test.each([
    [true, { queries: [{ name: 'a', sql: 'SELECT $1', cases: 'auto' }] }],
    [true, { queries: [{ name: 'a', sql: 'SELECT $1', cases: { x: [[1, null, { a: 'b' }]], auto: { id: 3 } } }] }],
    [false, { queries: [{ name: 'a', sql: 'SELECT $1', cases: 'some' }] }],
    [false, { queries: [{ name: 'a', sq: 'SELECT 1' }] }],
    [false, { queries: [{ name: ' a', sql: 'SELECT 1' }] }],
    [false, {}],
  ])('%s for %j', (isRight, written) => {
    expect(suite.safeParse(written).success).toBe(isRight);
    expect(suiteSchema.safeParse(written).success).toBe(isRight);
  });
});
