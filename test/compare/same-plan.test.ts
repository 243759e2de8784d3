import { describe, expect, it } from 'vitest';
import { isIdentical, isSameShape } from '../../src/compare/index.ts';
import { node, seqScan } from '../support/plan-builders.ts';

const insert = (width: number, operation = 'Insert') =>
  node('ModifyTable', { Operation: operation, relationName: 'orders' }, node('Result', { planWidth: width }));

describe('isIdentical', () => {
  it.each([
    ['a cost', { totalCost: 100.01 }],
    ['a startup cost', { startupCost: 0.01 }],
    ['a row', { planRows: 11 }],
    ['a width', { planWidth: 9 }],
    ['a property', { Filter: 'x' }],
  ])('sees %s', (_, fields) => {
    expect(isIdentical(seqScan('orders'), seqScan('orders', fields))).toBe(false);
  });

  it('takes properties in any order', () => {
    expect(isIdentical(seqScan('o', { a: 1, b: 2 }), seqScan('o', { b: 2, a: 1 }))).toBe(true);
  });

  it("leaves out the width of an INSERT's source, and no other width", () => {
    expect(isIdentical(insert(36), insert(40))).toBe(true);
    expect(isIdentical(insert(36, 'Update'), insert(40, 'Update'))).toBe(false);
  });
});

describe('isSameShape', () => {
  it('leaves out every estimate', () => {
    const memoize = (hits: number) => node('Memoize', { 'Estimated Hit Percent': hits, totalCost: hits }, seqScan('o'));
    expect(isSameShape(memoize(1), memoize(2))).toBe(true);
  });

  it('sees a change deep below', () => {
    expect(isSameShape(node('Limit', {}, seqScan('a')), node('Limit', {}, seqScan('b')))).toBe(false);
  });
});
