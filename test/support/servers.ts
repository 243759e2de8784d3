import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import { buildExtension, type Installation, startServer } from '../../src/target/index.ts';
import { testInstallations } from './installations.ts';
import { npmInstallation, SOURCE_ONLY_MAJORS } from './npm-server.ts';

/** A throwaway server of this test file, stopped after its last test. */
export interface TestServer {
  readonly installation: Installation;
  url(database: string): string;
  /** Runs any number of statements with psql, stops at the first error; what psql prints, unaligned, without headers. */
  psql(database: string, sql: string): Promise<string>;
  /** Creates a database from template0 and returns its name, a random one unless given. */
  createDatabase(name?: string): Promise<string>;
  /** The extension's library, built for this server. */
  library(): Promise<string>;
  /** Ends the server before its time. */
  stop(): Promise<void>;
}

const servers = new Map<number, Promise<TestServer>>();

afterAll(async () => {
  for (const server of servers.values()) await (await server).stop();
});

/** The majors that can be tested here, the machine's main one first; `[]` where PostgreSQL is missing. */
export async function testMajors(): Promise<number[]> {
  return (await testInstallations()).map(({ major }) => major);
}

/**
 * The server of a major, the machine's main one unless given; the same one for the whole test file. Null, said aloud,
 * where there is none of that major. Encoding UTF8, locale C.
 */
export async function testServer(major?: number): Promise<TestServer | null> {
  const installations = await testInstallations();
  const installation = major === undefined ? installations[0] : installations.find((one) => one.major === major);
  if (installation === undefined) {
    console.warn(`SKIPPED: no PostgreSQL ${major ?? ''} server here (see REGRESS_TEST_PG_CONFIGS in CONTRIBUTING.md)`);
    return null;
  }
  const known = servers.get(installation.major);
  if (known !== undefined) return known;
  const started = startTestServer(installation);
  servers.set(installation.major, started);
  return started;
}

/**
 * A server to read a snapshot from: also of 14 and 16, which come from npm and cannot be planned on. Null, said aloud,
 * where it cannot be had.
 */
export async function sourceServer(major: number): Promise<TestServer | null> {
  const installations = await testInstallations();
  const [main] = installations;
  if (main === undefined || !SOURCE_ONLY_MAJORS.includes(major) || installations.some((one) => one.major === major)) {
    return testServer(major);
  }
  const known = servers.get(major);
  if (known !== undefined) return known;
  try {
    const started = startTestServer(await npmInstallation(major), main);
    servers.set(major, started);
    return await started;
  } catch (error) {
    servers.delete(major);
    console.warn(`SKIPPED: no PostgreSQL ${major} to read from: ${(error as Error).message}`);
    return null;
  }
}

/** `client` has psql, which the packages of npm lack. */
async function startTestServer(installation: Installation, client = installation): Promise<TestServer> {
  const server = await startServer(installation, {
    encoding: 'UTF8',
    lc_collate: 'C',
    lc_ctype: 'C',
    locale_provider: 'c',
    locale: null,
  });
  return asTestServer(server, installation, client);
}

/** What tests do with a server, with the programs of an installation. */
export function asTestServer(
  server: Pick<TestServer, 'url' | 'stop'>,
  installation: Installation,
  client = installation,
): TestServer {
  const psql = async (database: string, sql: string) => {
    const options = ['--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set=ON_ERROR_STOP=1', '--file=-'];
    const program = join(client.bindir, 'psql');
    return (await execa(program, [...options, `--dbname=${server.url(database)}`], { input: sql })).stdout;
  };
  return {
    installation,
    url: server.url,
    psql,
    createDatabase: async (name = `test_${randomBytes(6).toString('hex')}`) => {
      await psql('postgres', `CREATE DATABASE "${name}" TEMPLATE template0`);
      return name;
    },
    library: () => buildExtension(installation),
    stop: server.stop,
  };
}
