import { describe, expect, it } from 'vitest';
import { printSnapshotSql } from '../../src/source/index.ts';

describe('printSnapshotSql', () => {
  const printed = printSnapshotSql();

  it('opens read-only transactions alone, one after the other, and rolls back the last', () => {
    expect(printed.split('\n')[1]).toBe('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;');
    const ends = printed.match(/^(BEGIN.*?|ROLLBACK);/gm) ?? [];
    expect(new Set(ends.filter((_, i) => i % 2 === 0))).toEqual(new Set([printed.split('\n')[1]]));
    expect(new Set(ends.filter((_, i) => i % 2 === 1))).toEqual(new Set(['ROLLBACK;']));
    expect(printed.trimEnd().split('\n').at(-1)).toBe('ROLLBACK;');
  });

  it('writes nothing, creates nothing and sets nothing beyond the transaction', () => {
    expect(printed).not.toMatch(/^\s*(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|LOCK|SAVEPOINT|SET (?!LOCAL))/m);
    // Before 16 a generic plan takes a prepared statement, which is let go at once.
    expect(printed.match(/^(PREPARE|DEALLOCATE) \w+/gm)).toEqual(['PREPARE regress_query', 'DEALLOCATE regress_query']);
    expect(printed).not.toMatch(/ANALYZE/);
  });

  it('says which majors a statement is for where they differ', () => {
    expect(printed).toContain('-- Planner settings, before any is changed (PostgreSQL 14)\n');
    expect(printed).toContain('-- Planner settings, before any is changed (PostgreSQL 15 to 19)\n');
  });
});
