import { describe, expect, it } from 'vitest';
import { isRelationPath, relationPath } from '../../src/snapshot/paths.ts';

describe('relationPath', () => {
  it.each([
    ['public', 'orders', 'relations/public/orders.json'],
    ['public', 'order_items-2', 'relations/public/order_items-2.json'],
    ['My App', 'Orders', 'relations/%4Dy%20%41pp/%4Frders.json'],
    ['public', 'größe', 'relations/public/gr%C3%B6%C3%9Fe.json'],
    ['..', '../x', 'relations/%2E%2E/%2E%2E%2Fx.json'],
    ['con', 'lpt1', 'relations/%63on/%6Cpt1.json'],
    ['public', 'a%20b', 'relations/public/a%2520b.json'],
  ])('puts %s.%s in %s', (schemaname, relname, path) => {
    expect(relationPath(schemaname, relname)).toBe(path);
    expect(isRelationPath(path)).toBe(true);
    expect(decodeURIComponent(path)).toBe(`relations/${schemaname}/${relname}.json`);
  });

  it('keeps names apart that differ in case alone', () => {
    const paths = ['order', 'Order', 'ORDER', 'ördeR', 'Örder'].map((name) => relationPath('s', name).toLowerCase());
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('isRelationPath', () => {
  it.each([
    'manifest.json',
    '../x.json',
    'relations/../../x.json',
    'relations/a/b/c.json',
    'relations/a/b.txt',
    '/etc/x',
  ])('refuses %s', (path) => {
    expect(isRelationPath(path)).toBe(false);
  });
});
