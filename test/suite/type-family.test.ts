import { expect, it } from 'vitest';
import { arrayElements } from '../../src/suite/cases/array-text.ts';
import { familyOf, valueBeyond } from '../../src/suite/cases/type-family.ts';

it.each([
  ['{}', []],
  ['{1,2}', ['1', '2']],
  ['{"a,b",NULL,"NULL","say \\"hi\\"","back\\\\slash",ö}', ['a,b', null, 'NULL', 'say "hi"', 'back\\slash', 'ö']],
  ['[0:1]={a,b}', ['a', 'b']],
  ['{""}', ['']],
])('%s holds %j', (text, elements) => {
  expect(arrayElements(text)).toEqual(elements);
});

it.each([
  ['bigint', '41', 1, '42'],
  ['integer', '0', -1, '-1'],
  ['bigint', '9223372036854775807', 1, null],
  ['numeric(12,2)', '99.90', 1, '100.90'],
  ['numeric', '0.50', -1, '-0.5'],
  ['double precision', '1e+20', 1, '100000000000000000000'],
  ['numeric', 'NaN', 1, null],
  ['date', '2026-12-31', 1, '2027-01-01'],
  ['timestamp with time zone', '2026-03-01 00:00:00.25+00', -1, '2026-02-28 00:00:00.25+00'],
  ['timestamp without time zone', 'infinity', 1, null],
  ['date', '0044-03-15 BC', 1, null],
  ['uuid', '0b0e9c9a-0000-4000-8000-000000000000', 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['character varying(20)', 'zoe', 1, 'zoez'],
  ['text', 'zoe', -1, ''],
  ['boolean', 't', 1, null],
  ['public.order_status', 'paid', 1, null],
  ['integer[]', '{1}', 1, null],
] as const)('of %s, %s and %d steps are %s', (type, value, steps, beyond) => {
  expect(valueBeyond(familyOf(type), value, steps)).toBe(beyond);
});
