import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connect, DatabaseError } from '../../src/postgres/index.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { readStatement, type Statement } from '../../src/sql/text/statement.ts';
import { StatementError } from '../../src/sql/text/statement-error.ts';
import { testMajors, testServer } from '../support/servers.ts';

/** What a lexer can be led astray with. */
const FRAGMENTS =
  `' ' '' "  "" \\ \\' ; ; ; -- -- /* */ $$ $a$ $a $ E' e' U&' U&" B' N' UESCAPE select 1 a $1 é :b : :: ( ) [ ] \` # 1. 0x1`
    .split(' ')
    .concat([
      ' ',
      ' ',
      '\n',
      '\n',
      '\r',
      '\t',
      '\f',
      '\v',
      '\u0001',
      '\u00a0',
      '\u2028',
      '\ufeff',
      "UESCAPE '!'",
      'BEGIN ATOMIC',
      'END',
    ]);
const ROUNDS = 4000;
const MULTIPLE_COMMANDS = 'cannot insert multiple commands into a prepared statement';

/** Texts of up to nine fragments, the same ones each time (a linear congruential generator). */
function* texts(): Generator<string> {
  let state = 42;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < ROUNDS; round++) {
    yield `select ${Array.from({ length: 1 + next(9) }, () => FRAGMENTS[next(FRAGMENTS.length)]).join('')}`;
  }
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
  describe(`what is taken for one statement, on PostgreSQL ${major}`, () => {
    let connection: Connection;
    beforeAll(async () => {
      const server = await testServer(major);
      if (server === null) throw new Error(`no PostgreSQL ${major}`);
      connection = await connect(server.url('postgres'), 'target');
      await loadScanner();
    });
    afterAll(() => connection?.close());

    it('is one for the server too', async () => {
      let compared = 0;
      for (const text of texts()) {
        const statement = accepted(text);
        if (statement === null) continue;
        compared += 1;
        const values = statement.parameters.map(() => null);
        const error = await connection.query(`EXPLAIN ${statement.statement}`, values).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error !== undefined && !(error instanceof DatabaseError)) throw error;
        expect(error?.message, JSON.stringify(text)).not.toBe(MULTIPLE_COMMANDS);
      }
      expect(compared).toBeGreaterThan(ROUNDS / 10);
    });

    it('is compared with a server that does tell two from one', async () => {
      await expect(connection.query('EXPLAIN SELECT 1; SELECT 2')).rejects.toThrow(MULTIPLE_COMMANDS);
    });
  });
}
