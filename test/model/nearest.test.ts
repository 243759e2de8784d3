import { describe, expect, test } from 'vitest';
import { nearestNodeType } from '../../src/model/plans/node-types.ts';
import { nearest } from '../../src/model/text/nearest.ts';

describe('what was most likely meant', () => {
  const keys = ['snapshot', 'source', 'suites', 'target', 'thresholds'];

  test.each([
    ['snaphsot', 'snapshot'],
    ['Suites', 'suites'],
    ['suite', 'suites'],
    ['treshold', 'thresholds'],
    ['soruce', 'source'],
    ['targte', 'target'],
  ])('by %s is %s', (written, meant) => {
    expect(nearest(written, keys)).toBe(meant);
  });

  test.each(['queries', 'x', '', 'snap'])('by %s is nothing that there is', (written) => {
    expect(nearest(written, keys)).toBeNull();
  });

  test('counts two swapped letters once, so that they win over two wrong ones', () => {
    expect(nearest('ab', ['cd', 'ba'])).toBe('ba');
    expect(nearest('form', ['foxy', 'from'])).toBe('from');
  });

  test.each([
    ['SeqScan', 'Seq Scan'],
    ['index scan', 'Index Scan'],
    ['HashAggregate', 'Aggregate'],
    ['Parallel Seq Scan', 'Seq Scan'],
    ['Parallel Index Only Scan', 'Index Only Scan'],
    ['Foo', null],
  ])('by node %s is %s', (written, meant) => {
    expect(nearestNodeType(written)).toBe(meant);
  });
});
