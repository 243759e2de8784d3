import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Front, makeCertificates, startFront } from '../support/tls-front.ts';

const server = await testServer();

const warnings: string[] = [];
const hear = (warning: Error) => warnings.push(warning.message);
process.on('warning', hear);

afterAll(() => {
  process.off('warning', hear);
  // What the driver has to say to programmers is not for users.
  expect(warnings).toEqual([]);
});

async function answer(url: string, sql: string): Promise<unknown> {
  const connection = await connect(url, 'target');
  try {
    const [row] = await connection.query<Record<string, unknown>>(sql);
    return Object.values(row ?? {})[0];
  } finally {
    await connection.close();
  }
}

describe.skipIf(server === null)('a session', () => {
  const { url, psql } = server as TestServer;

  test('has the settings of the server, whatever PGOPTIONS says, and those of its URL', async () => {
    vi.stubEnv('PGOPTIONS', '-c enable_seqscan=off');
    vi.stubEnv('PGDATABASE', 'nowhere');
    expect(await answer(url('postgres'), 'SHOW enable_seqscan')).toBe('on');
    expect(process.env.PGOPTIONS).toBe('-c enable_seqscan=off');
    expect(await answer(`${url('postgres')}&options=-c%20enable_seqscan%3Doff`, 'SHOW enable_seqscan')).toBe('off');
  });

  test('takes its password from the URL, PGPASSWORD or the password file', async () => {
    const hba = await psql('postgres', 'SHOW hba_file');
    await writeFile(hba, `local all locked scram-sha-256\n${await readFile(hba, 'utf8')}`);
    await psql('postgres', `CREATE ROLE locked LOGIN PASSWORD 'right'; SELECT pg_reload_conf()`);
    const passfile = join(await temporaryFolder(), 'pgpass');
    await writeFile(passfile, 'localhost:*:*:locked:right\n', { mode: 0o600 });
    const locked = url('postgres').replace('postgres@', 'locked@');
    const who = (address: string) => answer(address, 'SELECT CURRENT_USER');

    vi.stubEnv('PGPASSFILE', '/nowhere');
    await expect
      .poll(() => who(locked).catch((error) => error), { timeout: 120_000 })
      .toMatchObject({
        detail: 'the server asks for a password, but none is given.',
        hint: expect.stringContaining('~/.pgpass'),
      });
    expect(await who(locked.replace('locked@', 'locked:right@'))).toBe('locked');
    vi.stubEnv('PGPASSFILE', passfile);
    expect(await who(locked)).toBe('locked');
    vi.stubEnv('PGPASSFILE', '/nowhere');
    vi.stubEnv('PGPASSWORD', 'right');
    expect(await who(locked)).toBe('locked');
  });

  describe('with TLS', () => {
    let folder: string;
    let secure: Front;
    let plain: Front;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'regress-tls-'));
      await chmod(folder, 0o755);
      await makeCertificates(folder);
      const socket = `${new URL(url('postgres').replace('@/', '@h/')).searchParams.get('host')}/.s.PGSQL.5432`;
      secure = await startFront(socket, folder);
      plain = await startFront(socket, null);
      return async () => {
        for (const front of [secure, plain]) front.close();
        await rm(folder, { recursive: true });
      };
    });

    /** Which kind of connection led to an answer, or why there is none. */
    const outcome = async (front: Front, host: string, parameters: string): Promise<string> => {
      const before = front.kinds.length;
      const address = `postgresql://postgres@${host}:${front.port}/postgres?${parameters.replaceAll('CA', join(folder, 'ca.crt'))}`;
      try {
        expect(await answer(address, 'SELECT 1 AS one')).toBe(1);
        expect(front.kinds.length).toBe(before + 1);
        return front.kinds.at(-1) as string;
      } catch (error) {
        return `${(error as Error).message} ${(error as { detail?: string }).detail ?? ''}`;
      }
    };

    test.each([
      ['localhost', '', 'tls'],
      ['localhost', 'sslmode=disable', 'plain'],
      ['localhost', 'sslmode=allow', 'plain'],
      ['localhost', 'sslmode=prefer', 'tls'],
      ['localhost', 'sslmode=require', 'tls'],
      ['localhost', 'ssl=true', 'tls'],
      ['127.0.0.1', 'sslmode=require&sslrootcert=CA', 'tls'],
      ['127.0.0.1', 'sslmode=verify-ca&sslrootcert=CA', 'tls'],
      ['localhost', 'sslmode=verify-full&sslrootcert=CA', 'tls'],
      ['127.0.0.1', 'sslmode=verify-full&sslrootcert=CA', /does not match certificate's altnames/],
      ['localhost', 'sslmode=verify-full', /unable to (get local issuer|verify the first) certificate/],
      [
        'localhost',
        'sslmode=verify-full&sslrootcert=system',
        /unable to (get local issuer|verify the first) certificate/,
      ],
      ['localhost', 'sslmode=require&sslrootcert=system', /sslrootcert=system needs sslmode=verify-full/],
      ['localhost', 'sslmode=verify-ca', /sslmode=verify-ca needs root certificates/],
      ['localhost', 'sslmode=require&sslrootcert=/nowhere', /could not read \/nowhere/],
    ])('to a server that has it: %s %s', async (host, parameters, expected) => {
      vi.stubEnv('HOME', folder);
      expect(await outcome(secure, host, parameters)).toMatch(expected);
    });

    test('a source that is not of this machine is asked over TLS or not at all', async () => {
      vi.stubEnv('HOME', folder);
      // All addresses of this machine; to the URL it is a host as any other.
      const elsewhere = (front: Front, parameters = '') =>
        connect(`postgresql://postgres:pw@0.0.0.0:${front.port}/postgres${parameters}`, 'source');
      const before = plain.kinds.length;
      await expect(elsewhere(plain)).rejects.toMatchObject({ hint: expect.stringContaining('sslmode=disable') });
      expect(plain.kinds.length).toBe(before);
      const encrypted = await elsewhere(secure);
      expect([secure.kinds.at(-1), encrypted.unverified]).toEqual(['tls', true]);
      await encrypted.close();
      const allowed = await elsewhere(plain, '?sslmode=disable');
      expect([plain.kinds.at(-1), allowed.unverified]).toEqual(['plain', false]);
      await allowed.close();
      const verified = await connect(
        `postgresql://postgres@localhost:${secure.port}/postgres?sslmode=verify-full&sslrootcert=${folder}/ca.crt`,
        'source',
      );
      expect(verified.unverified).toBe(false);
      await verified.close();
    });

    test.each([
      ['sslmode=prefer', 'plain'],
      ['sslmode=allow', 'plain'],
      ['sslmode=require', /does not support SSL/],
      ['sslmode=verify-full&sslrootcert=CA', /does not support SSL/],
    ])('to a server that has none: %s', async (parameters, expected) => {
      expect(await outcome(plain, 'localhost', parameters)).toMatch(expected);
    });
  });
});
