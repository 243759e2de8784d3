import { settableName } from '../environment/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Query } from '../model/suite.ts';
import type { Connection } from '../postgres/index.ts';

/**
 * Custom settings ($1) that are more than placeholders. Their prefix belongs to a loaded setting, an available or
 * installed extension, a language, or a library that functions use or that is preloaded.
 */
export const FOREIGN_SQL = `
SELECT w.name
  FROM (SELECT u.name, pg_catalog.lower(u.name) AS lower_name,
               pg_catalog.lower(pg_catalog.split_part(u.name, '.', 1)) AS prefix
          FROM pg_catalog.unnest($1::pg_catalog.text[]) AS u (name)) w
 WHERE EXISTS (SELECT FROM pg_catalog.pg_settings s
                WHERE pg_catalog.lower(s.name) = w.lower_name
                   OR (s.name LIKE '%.%' AND pg_catalog.lower(pg_catalog.split_part(s.name, '.', 1)) = w.prefix))
    OR EXISTS (SELECT FROM pg_catalog.pg_available_extensions e WHERE pg_catalog.lower(e.name::pg_catalog.text) = w.prefix)
    OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE pg_catalog.lower(e.extname::pg_catalog.text) = w.prefix)
    OR EXISTS (SELECT FROM pg_catalog.pg_language l WHERE pg_catalog.lower(l.lanname::pg_catalog.text) = w.prefix)
    OR EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
                WHERE l.lanname = 'c'
                  AND pg_catalog.lower(pg_catalog.regexp_replace(p.probin, '^.*/|[.](so|dylib|dll)$', '', 'g')) = w.prefix)
    OR EXISTS (SELECT FROM pg_catalog.pg_settings s
               CROSS JOIN LATERAL pg_catalog.regexp_split_to_table(s.setting, ',') AS library (path)
                WHERE s.name LIKE '%_preload_libraries'
                  AND pg_catalog.lower(pg_catalog.regexp_replace(
                        pg_catalog.btrim(library.path, ' "'), '^.*/|[.](so|dylib|dll)$', '', 'g')) = w.prefix)
 ORDER BY w.name`;

/** Names that the server of each session has confirmed as placeholders. */
const proven = new WeakMap<Connection, Set<string>>();

/**
 * Throws RegressError `suite`, with the query's position, if the query sets something a suite may not set, or a custom
 * setting that the server knows. Such a setting could change more than the application's policies and views.
 */
export async function requireSettable(connection: Connection, { settings, ...query }: Query): Promise<void> {
  const known = proven.get(connection) ?? new Set<string>();
  proven.set(connection, known);
  const custom: string[] = [];
  for (const name of Object.keys(settings)) {
    const settable = settableName(name);
    if ('refusal' in settable) throw refused(query, name, settable.refusal, settable.hint);
    if (settable.custom && !known.has(name)) custom.push(name);
  }
  if (custom.length === 0) return;
  const [foreign] = await connection.query<{ name: string }>(FOREIGN_SQL, [custom]);
  if (foreign !== undefined) {
    const hint = "Remove it from the suite, or give the application's setting another prefix.";
    throw refused(query, foreign.name, `is not the application's own on ${connection.url}`, hint);
  }
  for (const name of custom) known.add(name);
}

function refused({ file, line }: Pick<Query, 'file' | 'line'>, name: string, why: string, hint: string): RegressError {
  return new RegressError('suite', `${file}:${line}: setting "${name}" ${why}`, {
    detail: 'A suite may only change how its queries are planned.',
    hint,
  });
}
