import { closing, onExit } from '../../cleanup/index.ts';
import { RegressError } from '../../model/errors.ts';
import { type Connection, connectionUser, serverVersion } from '../../postgres/index.ts';
import { grantsSql, type IndexedColumn, readAccess, readIndexedColumns } from '../../source/index.ts';
import { connectToSource } from '../connect-source.ts';
import { accessDiagnoses } from '../doctor/source.ts';
import type { Context } from '../terminal/context.ts';
import type { Answers } from './questions.ts';
import { dumpSchema } from './schema.ts';

/** Facts about the source, for the files and texts of init. */
interface Found {
  readonly columns: readonly IndexedColumn[];
  readonly dump: string | null;
  /** Its major version of PostgreSQL; null if not known. */
  readonly major: number | null;
  /** The grants to make, as SQL or in sentences, ending in a line break. */
  readonly grants: string;
  /** Why the source could not be reached, as a sentence; null if it was reached. */
  readonly unreached: string | null;
}

const NOTHING = { columns: [], dump: null, major: null, unreached: null };

const MAX_EXAMPLES = 5;

/**
 * Looks at the source, if one is named. If it cannot be reached, only the example queries are lost. `role` gets the grants
 * if no source is named. Throws RegressError `usage` for a dump without a source, and what dumpSchema throws.
 */
export async function lookAt({ source, dumpSchema }: Answers, role: string, context: Context): Promise<Found> {
  if (!source) {
    if (dumpSchema) throw noSourceToDump();
    return { ...NOTHING, grants: grantsText(role, null) };
  }
  try {
    const connection = await connectToSource(source, context);
    return await closing(onExit(connection.close), () => lookInto(connection, { source, dumpSchema }, context.say));
  } catch (error) {
    if (dumpSchema || !(error instanceof RegressError) || error.code !== 'connection') throw error;
    const { message, detail = '', hint } = error;
    context.progress.warn(`${message}: the example suite is written without its tables`, { detail, hint });
    return { ...NOTHING, grants: grantsText(connectionUser(source, 'source'), null), unreached: detail };
  }
}

async function lookInto(
  connection: Connection,
  { source, dumpSchema: dumps }: { readonly source: string; readonly dumpSchema?: boolean | undefined },
  say: Context['say'],
): Promise<Found> {
  const access = await readAccess(connection);
  const { role } = access.privileges;
  const problems = accessDiagnoses(access, connection.url).filter(({ level }) => level === 'warn' || level === 'fail');
  return {
    columns: await readIndexedColumns(connection, MAX_EXAMPLES),
    dump: dumps ? await dumpSchema(source, connection, say) : null,
    major: (await serverVersion(connection)).major,
    grants: problems.some(({ level }) => level === 'fail')
      ? grantsText(role, access.metapages.pageinspect)
      : readerText(
          role,
          problems.map(({ message }) => message),
        ),
    unreached: null,
  };
}

function readerText(role: string, problems: readonly string[]): string {
  const less = 'For a role without SELECT on any table: npx regress-pg init --grants\n';
  if (problems.length === 0) return `The role "${role}" can read everything a snapshot needs. ${less}`;
  const listed = problems.map((message) => `  - ${message}\n`).join('');
  return `The role "${role}" can take a snapshot, but plans may be inexact:\n${listed}For the fixes: npx regress-pg doctor. ${less}`;
}

function noSourceToDump(): RegressError {
  return new RegressError('usage', '--dump-schema needs a source', {
    hint: 'npx regress-pg init --dump-schema --source postgresql://user@host/database',
  });
}

function grantsText(role: string, pageinspect: string | null): string {
  return `A superuser of production must run this SQL before the first snapshot (npx regress-pg init --grants --role ${role} prints it again):\n\n${grantsSql(role, pageinspect)}`;
}
