import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectFoldersOf, readText } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';
import { PROGRAM_LIMITS } from '../../model/program-limits.ts';
import { type Connection, clientEnvironment, serverVersion } from '../../postgres/index.ts';
import { findInstallations } from '../../target/index.ts';

export type SchemaStep = { readonly sql: string } | { readonly run: string };

/** The file that --dump-schema writes. */
export const DUMP = 'db/schema.sql';

const SQL_FILES = [DUMP, 'schema.sql', 'db/structure.sql', 'sql/schema.sql'];
const SCRIPTS = ['migrate', 'db:migrate', 'migrate:up', 'migrations', 'migrate:latest'];
/** A file that each migration tool needs, and the command that builds a database with it. */
const TOOLS: readonly (readonly [file: string, command: string])[] = [
  ['prisma/schema.prisma', 'npx prisma migrate deploy'],
  ['drizzle.config.ts', 'npx drizzle-kit migrate'],
  ['flyway.conf', 'flyway migrate'],
  ['alembic.ini', 'alembic upgrade head'],
  ['manage.py', 'python manage.py migrate'],
  ['bin/rails', 'bin/rails db:migrate'],
];

/** A step of `prepare` from the text of an option: a file that ends in .sql, else a shell command. */
export function schemaStep(written: string): SchemaStep {
  return /^\S+\.sql$/.test(written) ? { sql: written } : { run: written };
}

/** Guesses how the project in a folder builds its schema: a command or a SQL file; null if there is no guess. */
export async function guessSchema(folder: string): Promise<string | null> {
  const has = (file: string) => existsSync(join(folder, file));
  const scripts = await packageScripts(folder);
  const script = SCRIPTS.find((name) => scripts[name] !== undefined);
  if (script !== undefined) return `npm run ${script}`;
  return TOOLS.find(([file]) => has(file))?.[1] ?? SQL_FILES.find(has) ?? null;
}

async function packageScripts(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const parsed: unknown = JSON.parse(
      await readText(join(folder, 'package.json'), { within: projectFoldersOf(folder), limit: 4 * 1024 * 1024 }),
    );
    return (parsed as { scripts?: Record<string, unknown> } | null)?.scripts ?? {};
  } catch {
    return {};
  }
}

/**
 * The source's schema as SQL, from this machine's pg_dump, which locks every table in ACCESS SHARE mode while it reads the
 * catalogs. Throws RegressError `environment` if there is no pg_dump of the source's major or later or if it takes too long,
 * and `privilege` with pg_dump's own message.
 */
export async function dumpSchema(url: string, connection: Connection, say: (message: string) => void): Promise<string> {
  const { major } = await serverVersion(connection);
  const able = (await findInstallations()).filter(
    (one) => one.major >= major && existsSync(join(one.bindir, 'pg_dump')),
  );
  const [installation] = able.sort((a, b) => a.major - b.major);
  if (installation === undefined) {
    throw new RegressError('environment', `no pg_dump of PostgreSQL ${major} or later is installed on this machine`, {
      hint: 'Write the schema to a file some other way, and name it: npx regress-pg init --schema db/schema.sql',
    });
  }
  say(`reading the schema of the source with pg_dump ${installation.version}`);
  const result = await execa(
    join(installation.bindir, 'pg_dump'),
    [
      '--schema-only',
      '--no-owner',
      '--no-privileges',
      '--no-publications',
      '--no-subscriptions',
      '--lock-wait-timeout=2s',
    ],
    { env: clientEnvironment(url, 'source'), stdin: 'ignore', reject: false, timeout: PROGRAM_LIMITS.pg_dump },
  );
  if (!result.failed) return `${result.stdout}\n`;
  if (result.timedOut) {
    throw new RegressError(
      'environment',
      `pg_dump of the source took longer than ${PROGRAM_LIMITS.pg_dump / 1000} seconds`,
      {
        detail: 'It was stopped, because it locks every table while it runs.',
        hint: 'Write the schema to a file some other way, such as pg_dump of a replica, and name it: npx regress-pg init --schema db/schema.sql',
      },
    );
  }
  throw new RegressError('privilege', 'pg_dump could not read the schema of the source', {
    detail: result.stderr.trim() || (result.shortMessage ?? ''),
    hint: 'pg_dump needs SELECT on every table. Use a role that has it, or name your own schema: npx regress-pg init --schema db/schema.sql',
  });
}
