import { describe, expect, it } from 'vitest';
import { isOfType, objectDifference } from '../../src/catalog/match.ts';
import { statisticsObject } from '../support/snapshot-builders.ts';

describe('isOfType', () => {
  it.each([
    ['numeric(10,2)', 'numeric(12,4)', true],
    ['character varying(20)', 'character varying', true],
    ['timestamp(3) with time zone', 'timestamp with time zone', true],
    ['numeric(5,-2)[]', 'numeric[]', true],
    ['integer', 'bigint', false],
    ['integer', 'integer[]', false],
    ['timestamp without time zone', 'timestamp with time zone', false],
  ])('%s against %s: %s', (type, here, same) => {
    expect(isOfType(type, here)).toBe(same);
  });
});

describe('objectDifference', () => {
  const ofSnapshot = (definition: string, columns: string[]) => statisticsObject('st', definition, columns, []);
  const target = {
    oid: 1,
    schemaname: 'public',
    statistics_name: 'st',
    definition: 'CREATE STATISTICS public.st ON "B $& b", a, lower(c) FROM public.t',
    columns: [
      { attname: 'B $& b', attnum: 1, quoted: '"B $& b"' },
      { attname: 'a', attnum: 2, quoted: 'a' },
    ],
    expressions: ['lower(c)'],
  };

  it('takes the same columns in another order for the same object', () => {
    const definition = 'CREATE STATISTICS public.st ON a, "B $& b", lower(c) FROM public.t';
    expect(objectDifference(ofSnapshot(definition, ['a', 'B $& b']), target, new Set())).toBeNull();
  });

  it('tells another expression', () => {
    const definition = 'CREATE STATISTICS public.st ON a, "B $& b", upper(c) FROM public.t';
    expect(objectDifference(ofSnapshot(definition, ['a', 'B $& b']), target, new Set())).toMatch(/another definition/);
  });

  it('tells a column that the target object lacks', () => {
    const definition = 'CREATE STATISTICS public.st ON a, z, lower(c) FROM public.t';
    expect(objectDifference(ofSnapshot(definition, ['a', 'z']), target, new Set())).toMatch(/another definition/);
  });
});
