import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { chooseInstallation, findInstallations, startServer } from '../../src/target/index.ts';
import { executedBetween, logStatements, readLog } from '../../src/workload/index.ts';
import { temporaryFolder } from '../support/temp.ts';

const LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

async function read(text: string, begin = 0): Promise<string[]> {
  const path = join(await temporaryFolder(), 'server.log');
  await writeFile(path, text);
  return (await readLog({ path, begin })).flatMap(({ text: statement, calls }) => Array<string>(calls).fill(statement));
}

const line = (text: string) => `regress-capture LOG:  duration: 0.123 ms  ${text}\n`;

describe('readLog', () => {
  it.each([
    ['the simple protocol', line('statement: SELECT 1'), ['SELECT 1']],
    ['the extended protocol', line('execute <unnamed>: SELECT $1'), ['SELECT $1']],
    ['a named statement and portal', line('execute s:1/p: SELECT $1'), ['SELECT $1']],
    ['several lines', line('statement: SELECT 1\n\t  FROM t\n\t\n\t\tWHERE a'), ['SELECT 1\n  FROM t\n\n\tWHERE a']],
    ['the same twice', line('statement: SELECT 1') + line('statement: SELECT 1'), ['SELECT 1', 'SELECT 1']],
    ['parse and bind', line('parse <unnamed>: SELECT 1') + line('bind <unnamed>: SELECT 1'), []],
    ['the next rows of a cursor', line('execute fetch from c/p: SELECT 1'), []],
    ['other messages', 'regress-capture LOG:  checkpoint starting\n\tgoes on\nregress-capture ERROR:  no\n', []],
    [
      'a line that looks like one',
      line("statement: SELECT '\n\tregress-capture LOG:  duration: 1 ms  statement: X'"),
      ["SELECT '\nregress-capture LOG:  duration: 1 ms  statement: X'"],
    ],
    [
      'too long a statement',
      line(`statement: SELECT '${'x'.repeat(300_000)}'`) + line('statement: SELECT 2'),
      ['SELECT 2'],
    ],
    [
      'too many lines',
      line(`statement: SELECT '${'\n\txxxxxxxxx'.repeat(30_000)}'`) + line('statement: SELECT 2'),
      ['SELECT 2'],
    ],
    ['nothing', '', []],
  ])('reads %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('begins where the log began', async () => {
    const before = line('statement: SELECT 1');
    expect(await read(before + line('statement: SELECT 2'), before.length)).toEqual(['SELECT 2']);
  });
});

it('logs what ended well on a server, of every session, without values', async () => {
  const server = await startServer(chooseInstallation(await findInstallations()), LOCALE);
  try {
    const [early, late] = [
      await connect(server.url('postgres'), 'target'),
      await connect(server.url('postgres'), 'target'),
    ];
    await early.query('SELECT 0');
    const log = await logStatements(late, server.log);
    await early.query('SELECT $1::text', ["it's\nhere"]);
    await expect(early.query('SELECT nothing')).rejects.toThrow('does not exist');
    await early.run("SET client_min_messages = 'error';\nSELECT 'é'");
    const seen = await readLog(log);
    expect(seen.map(({ text }) => text)).toEqual(['SELECT $1::text', "SET client_min_messages = 'error';\nSELECT 'é'"]);
    await early.close();
    await late.close();
  } finally {
    await server.stop();
  }
});

it('counts what was executed between two looks', () => {
  const at = (text: string, calls: number) => ({ text, calls, totalExecTime: 1 });
  const [before, after] = [
    [at('a', 2), at('b', 5), at('c', 9)],
    [at('a', 3), at('b', 5), at('c', 4), at('d', 1)],
  ];
  expect(executedBetween(before, after).map(({ text, calls }) => [text, calls])).toEqual([
    ['a', 1],
    ['c', 4],
    ['d', 1],
  ]);
});
