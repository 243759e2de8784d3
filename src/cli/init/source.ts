import { closing, onExit } from '../../cleanup/index.ts';
import { RegressError } from '../../model/errors.ts';
import { type Connection, connectionUser, serverVersion } from '../../postgres/index.ts';
import { grantsSql, type IndexedColumn, readAccess, readIndexedColumns } from '../../source/index.ts';
import { connectToSource } from '../connect-source.ts';
import { accessDiagnoses } from '../doctor/source.ts';
import type { Context } from '../terminal/context.ts';
import type { Answers } from './questions.ts';
import { dumpSchema } from './schema.ts';

/** What the source tells. */
interface Found {
  readonly columns: readonly IndexedColumn[];
  readonly dump: string | null;
  /** Its version of PostgreSQL. */
  readonly major: number | null;
  /** What is to be granted, as SQL or in sentences, ending in a line break. */
  readonly grants: string;
  /** Why it could not be reached, in a sentence. */
  readonly unreached: string | null;
}

const NOTHING = { columns: [], dump: null, major: null, unreached: null };

const MAX_EXAMPLES = 5;

/**
 * Looks at the source where one is named; one that cannot be reached now costs the examples alone. `role` is to take
 * snapshots where no source says who does. Throws RegressError `usage` for a dump of no source, and what dumpSchema throws.
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
    context.progress.warn(`${message}: the example suite does not know its tables`, { detail, hint });
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
  const amiss = accessDiagnoses(access, connection.url).filter(({ level }) => level === 'warn' || level === 'fail');
  return {
    columns: await readIndexedColumns(connection, MAX_EXAMPLES),
    dump: dumps ? await dumpSchema(source, connection, say) : null,
    major: (await serverVersion(connection)).major,
    grants: amiss.some(({ level }) => level === 'fail')
      ? grantsText(role, access.metapages.pageinspect)
      : readerText(
          role,
          amiss.map(({ message }) => message),
        ),
    unreached: null,
  };
}

function readerText(role: string, amiss: readonly string[]): string {
  const less = 'A role that can select from no table: regress init --grants\n';
  if (amiss.length === 0) return `The role "${role}" can read all a snapshot needs. ${less}`;
  const listed = amiss.map((message) => `  - ${message}\n`).join('');
  return `The role "${role}" can take a snapshot. In the way of exact plans, as far as the source tells:\n${listed}What mends each: regress doctor. ${less}`;
}

function noSourceToDump(): RegressError {
  return new RegressError('usage', '--dump-schema needs a source', {
    hint: 'regress init --dump-schema --source postgresql://user@host/database',
  });
}

function grantsText(role: string, pageinspect: string | null): string {
  return `A superuser of production grants what a snapshot needs (regress init --grants --role ${role} prints it again):\n\n${grantsSql(role, pageinspect)}`;
}
