import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectionParameters } from '../../src/postgres/session/parameters.ts';
import { filedPassword } from '../../src/postgres/session/passfile.ts';
import { temporaryFolder } from '../support/temp.ts';

const LINES = `# comment:5432:shop:me:commented
db.example:5433:shop:me:other port
db.example:5432:shop:me:exact
db.example:*:*:me:any database
a\\:b:5432:c\\\\d:me:pass\\:word
localhost:5432:shop:me:local
*:*:*:reader:
too:few:fields
`;

describe('the password file', () => {
  const makeFile = async (mode: number) => {
    const path = join(await temporaryFolder(), 'pgpass');
    await writeFile(path, LINES, { mode });
    return path;
  };

  const passwordFor = (url: string, passfile: string) =>
    filedPassword({ ...connectionParameters(url, 'source', {}), passfile });

  test.each([
    ['postgresql://me@db.example/shop', 'exact'],
    ['postgresql://me@db.example/other', 'any database'],
    ['postgresql://me@db.example:5433/shop', 'other port'],
    ['postgresql://me@db.example:5434/shop', 'any database'],
    ['postgresql:///c%5Cd?host=a:b&user=me', 'pass:word'],
    ['postgresql://me@/shop?host=/run/pg', 'local'],
    ['postgresql://you@db.example/shop', null],
    ['postgresql://reader@anywhere/x', ''],
  ])('%s', async (url, password) => {
    expect(await passwordFor(url, await makeFile(0o600))).toBe(password);
  });

  test('is not looked into when others may read it, nor when it is no file', async () => {
    const url = 'postgresql://me@db.example/shop';
    for (const passfile of [await makeFile(0o640), await makeFile(0o604), '/dev/null', '/nowhere']) {
      expect(await passwordFor(url, passfile)).toBeNull();
    }
  });
});
