import { onExit } from '../../cleanup/index.ts';
import { NEWEST_MAJOR, plannerLibraries } from '../../environment/index.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { counted, listed } from '../../model/text/wording.ts';
import { quoteIdent } from '../../postgres/index.ts';
import { helperFunctionsSql, readAccess, type SourceAccess } from '../../source/index.ts';
import { connectToSource } from '../connect-source.ts';
import type { Context } from '../terminal/context.ts';
import { diagnose } from './failed-diagnosis.ts';

/** Diagnoses of what can be read from production. */
export async function diagnoseSource(url: string | null, context: Context): Promise<Diagnosis[]> {
  if (url === null) {
    return [
      {
        subject: 'source',
        level: 'note',
        message: 'no source is configured, so it is not known what a snapshot can read from production',
        hint: 'npx regress-pg doctor --source postgresql://reader@replica/database',
      },
    ];
  }
  return diagnose('source', async () => {
    const connection = await connectToSource(url, context);
    const close = onExit(connection.close);
    try {
      return accessDiagnoses(await readAccess(connection), connection.url);
    } finally {
      await close();
    }
  });
}

/** Diagnoses of the source from what readAccess found. Pure. */
export function accessDiagnoses(access: SourceAccess, url: string): Diagnosis[] {
  const { server, standby, privileges } = access;
  const role = quoteIdent(privileges.role);
  const at = (level: Diagnosis['level'], message: string, more: Partial<Diagnosis> = {}): Diagnosis => ({
    subject: 'source',
    level,
    message,
    ...more,
  });
  return [
    at('ok', `connected to ${url} as ${role}: PostgreSQL ${server.version}, ${standby ? 'a standby' : 'a primary'}`),
    ...newerVersion(access, at),
    ...statistics(access, at),
    ...metapages(access, at),
    ...(access.seesPreloadLibraries
      ? libraries(access, at)
      : [
          at(
            'warn',
            'the role cannot see which libraries the server preloads, so whether plans can be identical is not known',
            {
              hint: `GRANT pg_read_all_settings TO ${role}`,
            },
          ),
        ]),
    ...tables(access, at),
  ];
}

const READERS: Readonly<Record<SourceAccess['privileges']['reader'], string>> = {
  direct: 'a member of pg_read_all_data',
  helpers: 'a reader of helper functions',
  owner: "a reader of helper functions of the tables' owner",
  views: 'a role without extra privileges',
};

type At = (level: Diagnosis['level'], message: string, more?: Partial<Diagnosis>) => Diagnosis;

function newerVersion({ server }: SourceAccess, at: At): Diagnosis[] {
  if (server.server_version_num < (NEWEST_MAJOR + 1) * 10000) return [];
  const message = `PostgreSQL ${server.version} is newer than this version of regress supports; it is read like ${NEWEST_MAJOR}`;
  return [at('warn', message, { hint: 'npm install regress-pg@latest' })];
}

function statistics({ privileges, coverage, metapages: { superuser } }: SourceAccess, at: At): Diagnosis[] {
  const { seen, columns, seenTables } = coverage;
  const percent = Math.floor((100 * seen) / columns);
  const share =
    columns === 0
      ? 'statistics (there are none yet)'
      : `statistics of ${seen} of ${counted(columns, 'column')} (${percent} %), complete for ${seenTables} of ${counted(coverage.tables, 'table')},`;
  const how = superuser
    ? 'a superuser'
    : privileges.pg_statistic
      ? 'a member of pg_read_all_data'
      : READERS[privileges.reader];
  const missing = privileges.unreadable.filter(({ fatal }) => fatal);
  const lesser = privileges.unreadable
    .filter(({ fatal }) => !fatal)
    .map(({ object, what, reason, hint }) =>
      at('warn', `${what} of ${object} cannot be read: ${reason}`, hint === null ? {} : { hint }),
    );
  if (missing.length === 0) return [at('ok', `${how} reads ${share} and the ends of all indexes`), ...lesser];
  const what = missing.map((each) => `${each.what} of ${each.object}`);
  return [
    at('fail', `${how} sees ${share} but a snapshot needs all`, {
      detail: [
        `Not readable: ${listed(what)}.`,
        ...(coverage.unseen.length > 0 ? [`Not visible at all: ${listed(coverage.unseen)}.`] : []),
      ].join('\n'),
      hint: [
        ...new Set(missing.flatMap(({ hint }) => hint ?? [])),
        `or, without privileges on any table, through functions of a superuser: npx regress-pg init --grants --role ${privileges.role}`,
        `or, on services without a superuser, through functions of the tables' owner: npx regress-pg init --grants --owner --role ${privileges.role}`,
      ].join('; '),
    }),
  ];
}

function metapages({ privileges, metapages: access, coverage }: SourceAccess, at: At): Diagnosis[] {
  const inspects = access.superuser && access.pageinspect !== null;
  const figures = ['btree_height', 'gin_metapage', 'brin_revmap_pages'] as const;
  if (inspects || figures.every((helper) => access.helpers.includes(helper)))
    return [at('ok', `reads metapages of indexes with ${inspects ? 'pageinspect' : 'helper functions'}`)];
  const exact =
    'heights of B-trees are derived from costs and revmaps of BRIN indexes from sizes, which is exact except in rare cases';
  const gin = coverage.ginIndexes;
  if (gin.length === 0) return [at('ok', `cannot read metapages of indexes, and there is no GIN index: ${exact}`)];
  if (access.helpers.includes('gin_metapage'))
    return [at('ok', `reads GIN metapages with a helper function; ${exact}`)];
  const message = `cannot read the metapages of ${counted(gin.length, 'GIN index', 'GIN indexes')}: ${listed(gin)}`;
  return [
    at('warn', message, {
      detail: `Their costs are estimates from PostgreSQL's defaults. Only a superuser with pageinspect, or a SECURITY DEFINER function, can read the metapages; ${exact}.`,
      hint: access.superuser
        ? 'CREATE EXTENSION pageinspect'
        : `${helperFunctionsSql(privileges.role, access.pageinspect).replaceAll('; ', ';\n')};`,
    }),
  ];
}

function libraries({ server }: SourceAccess, at: At): Diagnosis[] {
  const preload = [server.shared_preload_libraries, server.session_preload_libraries ?? ''];
  const found = plannerLibraries(
    preload,
    server.extensions.map(({ name }) => name),
  );
  if (found.length === 0) return [at('ok', 'has the standard planner')];
  return found.map(({ name, does }) => at('warn', `has ${name}, which ${does}: plans that it affects can differ`));
}

function tables({ coverage, privileges }: SourceAccess, at: At): Diagnosis[] {
  const { neverAnalyzed, rowSecurity } = coverage;
  return [
    ...(neverAnalyzed.length === 0
      ? []
      : [
          at('note', `${counted(neverAnalyzed.length, 'table')} never analyzed: ${listed(neverAnalyzed)}`, {
            detail: 'Production plans them without statistics, and so does the target.',
            hint: `ANALYZE ${neverAnalyzed.length === 1 ? neverAnalyzed[0] : ''}`.trim(),
          }),
        ]),
    ...(rowSecurity.length === 0
      ? []
      : [
          at(
            'warn',
            `row-level security hides rows of ${listed(rowSecurity)}, so the range ends of their indexes cannot be read`,
            {
              hint: `ALTER ROLE ${quoteIdent(privileges.role)} BYPASSRLS`,
            },
          ),
        ]),
  ];
}
