import { beforeAll, describe, expect, it } from 'vitest';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { readStatement } from '../../src/sql/text/statement.ts';
import { loadSuites } from '../../src/suite/index.ts';
import { emptyProject } from '../support/project.ts';

beforeAll(loadScanner);

/** The queries of a .sql file as they are sent, with runs of blanks as one. */
async function load(text: string) {
  const project = await emptyProject();
  await project.write('queries.sql', text);
  const [suite] = await loadSuites(project.folder);
  return (suite?.queries ?? []).map(({ name, statement, parameters }) => {
    return { name, statement: statement.replace(/ +/g, ' '), parameters };
  });
}

describe('a file of sqlc', () => {
  it.each([
    [
      '@name',
      'SELECT a FROM t WHERE b = @b AND c > @min_c::int',
      'SELECT a FROM t WHERE b = $1 AND c > $2 ::int',
      ['b', 'min_c'],
    ],
    [
      '@name behind an operator',
      'SELECT a FROM t WHERE b=@b AND c<>@b AND d>=@d',
      'SELECT a FROM t WHERE b=$1 AND c<>$1 AND d>=$2',
      ['b', 'd'],
    ],
    [
      'sqlc.arg and sqlc.narg',
      "UPDATE t SET a = coalesce(sqlc.narg('a'), a) WHERE id = sqlc.arg(id)",
      'UPDATE t SET a = coalesce($1 , a) WHERE id = $2',
      ['a', 'id'],
    ],
    [
      'sqlc.slice',
      "SELECT a FROM t WHERE b = ANY (sqlc.slice('bs')::int[])",
      'SELECT a FROM t WHERE b = ANY ($1 ::int[])',
      ['bs'],
    ],
    ['sqlc.embed', 'SELECT sqlc.embed(o), $1::int FROM orders o', 'SELECT o.* , $1::int FROM orders o', ['1']],
    ['operators with @', "SELECT @ -5, a @> '[1]', a <@ b FROM t", "SELECT @ -5, a @> '[1]', a <@ b FROM t", []],
  ])('%s', async (_, sql, statement, parameters) => {
    expect(await load(`-- name: Q :many\n-- words about it\n${sql};\n`)).toEqual([
      { name: 'Q', statement, parameters },
    ]);
  });

  it('keeps @ the operator where the file is not of sqlc', async () => {
    const [query] = await load('-- name: absolute\nSELECT @amount FROM t WHERE id = :id\n');
    expect(query).toEqual({ name: 'absolute', statement: 'SELECT @amount FROM t WHERE id = $1', parameters: ['id'] });
  });
});

describe('a file of pgtyped', () => {
  const list = (from: number) => Array.from({ length: 10 }, (_, index) => `$${index + from}`).join(', ');

  it.each([
    [
      'a parameter that must be there',
      '',
      'SELECT a FROM t WHERE b = :b! AND c != :c!::int',
      'SELECT a FROM t WHERE b = $1 AND c != $2 ::int',
      2,
    ],
    [
      'a list',
      '@param ids -> (...)',
      'SELECT a FROM t WHERE c = :c AND id IN :ids',
      `SELECT a FROM t WHERE c = $1 AND id IN (${list(2)})`,
      11,
    ],
    [
      'a row',
      '@param user -> (name!, age)',
      'INSERT INTO t (name, age) VALUES :user RETURNING id',
      'INSERT INTO t (name, age) VALUES ($1, $2) RETURNING id',
      2,
    ],
    [
      'a list of rows',
      '@param users -> ((name, age)...)',
      'INSERT INTO t (name, age) VALUES :users',
      `INSERT INTO t (name, age) VALUES ${Array.from({ length: 10 }, (_, row) => `($${2 * row + 1}, $${2 * row + 2})`).join(', ')}`,
      20,
    ],
  ])('%s', async (_, param, sql, statement, count) => {
    const [query] = await load(`/*\n  @name GetIt\n  ${param}\n*/\n${sql};`);
    expect(query).toMatchObject({ name: 'GetIt', statement });
    expect(query?.parameters).toHaveLength(count);
  });

  it('declares for its own query only', async () => {
    const [, second] = await load(
      '/* @name A\n @param ids -> (...) */\nSELECT a FROM t WHERE id IN :ids;\n/* @name B */\nSELECT a FROM t WHERE id = :ids;',
    );
    expect(second).toMatchObject({ name: 'B', statement: 'SELECT a FROM t WHERE id = $1', parameters: ['ids'] });
  });
});

describe('a file for psql and RegreSQL', () => {
  it('takes a variable in quotes for a parameter', async () => {
    const sql = "-- name: by-name\n-- regresql: nobaseline\nSELECT a FROM t WHERE n = :'name' AND a[1:2] = :a";
    expect(await load(sql)).toEqual([
      { name: 'by-name', statement: 'SELECT a FROM t WHERE n = $1 AND a[1:2] = $2', parameters: ['name', 'a'] },
    ]);
  });
});

it('keeps positions: a placeholder is as long as what it stands for', () => {
  const { sql, statement } = readStatement('SELECT a FROM t WHERE b = :customer AND broken');
  expect(statement.indexOf('broken')).toBe(sql.indexOf('broken'));
});
