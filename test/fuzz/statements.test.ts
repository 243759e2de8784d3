import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitStatements } from '../../src/sql/index.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { readStatement, type Statement } from '../../src/sql/text/statement.ts';
import { StatementError } from '../../src/sql/text/statement-error.ts';
import { testMajors, testServer } from '../support/servers.ts';
import { fromBytes, HARD_WORDS, mutated, toBytes } from './mutate.ts';
import { type Random, randomOf } from './random.ts';
import { filesBelow } from './scratch.ts';
import { requireExplained } from './targets/suites.ts';
import { SQL_WORDS } from './words.ts';

/**
 * A text that is taken for one statement is one for the server, and behind EXPLAIN it stays explained. The server is asked
 * to parse and to describe, never to execute.
 */
const minutes = Number(process.env.REGRESS_FUZZ ?? 0);
const seed = Number(process.env.REGRESS_FUZZ_SEED ?? 1);
const SAMPLE = 800;

const PREFIXES = ['EXPLAIN ', 'EXPLAIN (FORMAT JSON, VERBOSE) ', 'PREPARE regress_fuzz AS '] as const;

/** What has fooled lexers: a second statement behind the end of what looks like a string, a name, a comment or a body. */
const SEEDS = [
  'SELECT 1',
  "SELECT E'\\\\'; SELECT 2; --'",
  "SELECT U&'d\\0061t' UESCAPE '!' ; SELECT 1",
  'SELECT U&"d!0061" UESCAPE \'!\' FROM a',
  'SELECT $é$;$é$, $a$ $b$ ; $a$',
  'SELECT 1 /* /* ; */ ; */ -- ;\n',
  "SELECT 'a'\n'b;' , N'c', B'01', X'1F'",
  'VALUES (1), (2) ; ;',
  '(SELECT 1) UNION (TABLE pg_class)',
  '((SELECT ANALYZE))',
  'WITH a AS MATERIALIZED (DELETE FROM pg_class RETURNING *) SELECT * FROM a',
  "SELECT :a, :'b', a[1:2], b::int, $1",
  'INSERT INTO a SELECT 1 ON CONFLICT DO NOTHING',
  'MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE',
  'SELECT 1 \\; SELECT 2 \\gexec',
  'SELECT \ufeff1\u00a0, \u2028 2',
  'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END',
  'SELECT 1 INTO a',
  ...filesBelow('test/fidelity', /queries\.sql$/, Number.POSITIVE_INFINITY).flatMap((text) =>
    text.split(/;\s*\n/).filter((each) => each.length < 400),
  ),
];

/** What the server says of a text that it parses: the names of the columns it would give, or an error's SQLSTATE. */
interface Answer {
  readonly columns: readonly string[] | null;
  readonly code: string | null;
  readonly message: string;
}

interface Wire {
  parse(statement: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void;
  describe(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

function parsed(client: pg.Client, text: string): Promise<Answer> {
  return new Promise((resolve) => {
    let columns: string[] | null = null;
    const ask = {
      submit: (wire: Wire) => {
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
        return null;
      },
      handleRowDescription: ({ fields }: { readonly fields: readonly { readonly name: string }[] }) => {
        columns = fields.map(({ name }) => name);
      },
      handleError: ({ code = '', message }: pg.DatabaseError) => {
        resolve({ columns: null, code, message });
      },
      handleReadyForQuery: () => resolve({ columns, code: null, message: '' }),
    };
    client.query(ask as unknown as pg.Submittable);
  });
}

function accepted(text: string): Statement | null {
  try {
    return readStatement(text);
  } catch (error) {
    if (error instanceof StatementError) return null;
    throw error;
  }
}

for (const major of await testMajors()) {
  describe(`statements on PostgreSQL ${major}`, () => {
    let client: pg.Client;
    beforeAll(async () => {
      const server = await testServer(major);
      if (server === null) throw new Error(`no PostgreSQL ${major}`);
      client = new pg.Client(server.url('postgres'));
      await client.connect();
      await loadScanner();
      const { rows } = await client.query('SHOW standard_conforming_strings');
      expect(rows).toEqual([{ standard_conforming_strings: 'on' }]);
    });
    afterAll(() => client?.end());

    it(
      'are one where they are taken for one, and explained behind EXPLAIN',
      async () => {
        const end = performance.now() + (minutes > 0 ? minutes * 60_000 : 3_000);
        const told = { major, texts: 0, asked: 0, parsed: 0, codes: new Map<string, number>() };
        for (const text of texts(randomOf(seed))) {
          if (performance.now() > end || (minutes === 0 && told.texts >= SAMPLE)) break;
          told.texts += 1;
          splitStatements(text);
          const statement = accepted(text);
          if (statement === null) continue;
          told.asked += 1;
          requireExplained(statement.statement);
          for (const prefix of PREFIXES) {
            const { columns, code, message } = await parsed(client, prefix + statement.statement);
            const shown = `${prefix}${JSON.stringify(text)}: ${message}`;
            expect(message, shown).not.toMatch(/^cannot insert multiple commands/);
            if (code !== null) told.codes.set(code, (told.codes.get(code) ?? 0) + 1);
            else {
              told.parsed += 1;
              // EXPLAIN gives its own column, PREPARE none: anything else was executed in its stead.
              expect(columns, shown).toEqual(prefix.startsWith('EXPLAIN') ? ['QUERY PLAN'] : null);
            }
          }
        }
        if (minutes > 0) console.log(JSON.stringify({ ...told, codes: Object.fromEntries(told.codes) }));
        expect(told.asked).toBeGreaterThan(told.texts / 20);
        expect(told.parsed).toBeGreaterThan(0);
      },
      minutes * 60_000 + 60_000,
    );

    it('are told apart by a server that does', async () => {
      const answer = await parsed(client, 'EXPLAIN SELECT 1; SELECT 2');
      expect(answer.message).toMatch(/^cannot insert multiple commands/);
      expect((await parsed(client, 'SELECT 1')).columns).toEqual(['?column?']);
    });
  });
}

/** The seeds, then mutations of them and of mutations that are still taken for statements. */
function* texts(random: Random): Generator<string> {
  const corpus = SEEDS.map(toBytes);
  const words = [...SQL_WORDS.map(toBytes), ...HARD_WORDS];
  for (const seed of corpus) yield fromBytes(seed);
  for (;;) {
    const text = mutated(random.pick(corpus), random.pick(corpus), random, words).slice(0, 4_000);
    yield fromBytes(text);
    // Texts wander further from what people write.
    if (random.chance(0.05) && accepted(fromBytes(text)) !== null && corpus.length < 3_000) corpus.push(text);
  }
}
