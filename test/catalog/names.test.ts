import { expect, it } from 'vitest';
import { namesIn } from '../../src/catalog/index.ts';

it.each([
  ['shop.orders', [['shop', 'orders']]],
  ['shop."Orders".id', [['shop', 'Orders', 'id']]],
  ['index shop.orders_pkey column 1', [['index'], ['shop', 'orders_pkey'], ['column'], ['1']]],
  ['"a.b"."say ""hi"" there"', [['a.b', 'say "hi" there']]],
  ['shared system catalogs', [['shared'], ['system'], ['catalogs']]],
  ['a."b c".d e', [['a', 'b c', 'd'], ['e']]],
  ['"unclosed', [['unclosed']]],
  ['', []],
])('names in %j are %j', (object, names) => {
  expect(namesIn(object)).toEqual(names);
});
