import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import type { AttributeStatistics } from '../../src/model/statistics.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { emptyProject, type Project } from '../support/project.ts';
import { sourceServer, type TestServer, testServer } from '../support/servers.ts';

const EVERYTHING = await readFile(new URL('../source/everything.sql', import.meta.url), 'utf8');

/** A target holds the schema, which `EVERYTHING` makes together with rows. */
const EMPTY_TABLES = `
SELECT format('TRUNCATE %s', string_agg(format('%I.%I', schemaname, tablename), ', ')) FROM pg_tables
WHERE schemaname IN ('public', 'My Schéma')
\\gexec`;

const PAIRS = [
  [14, 15],
  [16, 17],
  [15, 18],
  [15, 17],
  [18, 15],
  [17, 19],
  [19, 18],
] as const;

for (const [source, target] of PAIRS) {
  const from = await sourceServer(source);
  const to = await testServer(target);

  test.skipIf(from === null || to === null)(`a snapshot of ${source} is restored whole into ${target}`, async () => {
    const production = await databaseWith(from as TestServer, EVERYTHING);
    await restoresWhole((from as TestServer).url(production), to as TestServer, [source, target]);
  });
}

for (const source of [14, 16]) {
  const from = await sourceServer(source);
  const to = await testServer(source + 1);

  test.skipIf(from === null || to === null)(`a member of pg_read_all_data reads ${source} whole`, async () => {
    const server = from as TestServer;
    const production = await databaseWith(server, `CREATE ROLE reader LOGIN IN ROLE pg_read_all_data;${EVERYTHING}`);
    const url = server.url(production).replace('postgres@', 'reader@');
    await restoresWhole(url, to as TestServer, [source, source + 1]);
  });
}

/** Goes the way of a user: snapshot, restore, and what a snapshot of the target says then. */
async function restoresWhole(sourceUrl: string, to: TestServer, [source, target]: readonly number[]): Promise<void> {
  const project = await emptyProject();
  const taken = await project.regress(['snapshot', '--source', sourceUrl, '--out', 'there']);
  expect(taken.status, taken.stderr).toBe(0);
  const url = to.url(await databaseWith(to, `${EVERYTHING}${EMPTY_TABLES}`));
  const restored = await project.regress([
    ...['restore', '--snapshot', 'there', '--target', url],
    ...['--pg-config', to.installation.pgConfig],
  ]);
  expect(restored.status, restored.stderr).toBe(0);
  expect(restored.stderr).toContain(`the snapshot is of PostgreSQL ${source} and the target runs ${target}`);
  expect(restored.stdout).toMatch(/; 0 refused, 0 missing .*, 0 unknown/);
  expect(await project.regress(['snapshot', '--source', url, '--out', 'here'])).toMatchObject({ status: 0 });
  expect(await statisticsOf(project, 'here')).toEqual(await statisticsOf(project, 'there'));
}

async function databaseWith(server: TestServer, sql: string): Promise<string> {
  const database = await server.createDatabase();
  await server.psql(database, sql);
  return database;
}

/** All statistics of a snapshot, by the names of what they are of. */
async function statisticsOf(project: Project, snapshot: string): Promise<Record<string, unknown>> {
  const { relations } = await openSnapshot(project.path(snapshot));
  const all: Record<string, unknown> = {};
  for await (const relation of relations()) all[`${relation.schemaname}.${relation.relname}`] = statisticsIn(relation);
  return all;
}

function statisticsIn(relation: RelationSnapshot) {
  const { reltuples, relpages, relallvisible, statistics, indexes, extended_statistics } = relation;
  return {
    ...{ reltuples, relpages, relallvisible, statistics: statistics.map(comparable) },
    indexes: indexes.map((index) => [
      index.indexname,
      ...[index.ordinal, index.relpages, index.reltuples],
      index.statistics.map(comparable),
    ]),
    extended: extended_statistics.map(({ statistics_name, data }) => [statistics_name, data]),
  };
}

/** Elements of a domain are restored as its base type's, and functions are read by number and written by name. */
const RESTORED_AS: Readonly<Record<string, string>> = { 'public.positive': 'integer', 'public.feeling': 'public.mood' };

function comparable<Statistics extends AttributeStatistics>(statistics: Statistics): Statistics {
  const slots = statistics.slots.map((slot) => ({
    ...slot,
    elemtype: RESTORED_AS[slot.elemtype ?? ''] ?? slot.elemtype,
    stavalues: slot.elemtype === 'regprocedure' ? slot.stavalues?.split(',').length : slot.stavalues,
  }));
  return { ...statistics, slots } as Statistics;
}
