import { expect, it } from 'vitest';
import { relationChanges } from '../../src/compare/index.ts';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { anIndex, aRelation, columnStatistics, histogram, statisticsObject } from '../support/snapshot-builders.ts';

const BEFORE = aRelation('orders', {
  statistics: [columnStatistics('id', [histogram('integer', '{1,secret}')])],
  indexes: [anIndex('orders_pkey', { range: { min: { value: '1' }, max: { value: 'secret' } } })],
  extended_statistics: [statisticsObject('both', 'CREATE …', ['a', 'b'], [])],
});
const [index] = BEFORE.indexes as [(typeof BEFORE.indexes)[0]];

it.each<[string, Partial<RelationSnapshot>, string[]]>([
  ['nothing', {}, []],
  ['a file that grew', { pages: 130 }, ['public.orders grew since the snapshot: 120 → 130 pages']],
  ['VACUUM', { relallvisible: 91 }, ['relallvisible of public.orders changed since the snapshot: 90 → 91']],
  [
    'ANALYZE of a column',
    { statistics: [columnStatistics('id', [])] },
    ['statistics of public.orders.id changed since the snapshot'],
  ],
  ['statistics that went', { statistics: [] }, ['statistics of public.orders.id are gone since the snapshot']],
  [
    'an end that moved',
    { indexes: [{ ...index, range: { min: { value: '1' }, max: { value: 'other' } } }] },
    ['the greatest value of index public.orders_pkey changed since the snapshot'],
  ],
  ['an index more', { indexes: [index, anIndex('orders_new')] }, ['index public.orders_new is new since the snapshot']],
  ['an index less', { indexes: [] }, ['index public.orders_pkey is gone since the snapshot']],
  [
    'a statistics object that was analyzed',
    { extended_statistics: [statisticsObject('both', 'CREATE …', ['a', 'b'], [{ inherited: false } as never])] },
    ['statistics object public.both was analyzed since the snapshot'],
  ],
])('names %s, and no value', (_, now, sentences) => {
  const found = relationChanges(BEFORE, { ...BEFORE, ...now });
  expect(found).toEqual(sentences);
  expect(found.join()).not.toContain('secret');
});
