import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/model/progress.ts';
import { SILENT } from '../../src/model/progress.ts';
import type { IndexStatistics, RelationSnapshot } from '../../src/model/snapshot.ts';
import { connect } from '../../src/postgres/index.ts';
import { prepareTarget } from '../../src/target/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { anIndex, aRelation, aSnapshot } from '../support/snapshot-builders.ts';

const majors = await testMajors();

const TABLES_SQL = `
  CREATE SCHEMA "Odd ""S"; CREATE EXTENSION pg_trgm SCHEMA "Odd ""S"; CREATE SCHEMA "my app";
  CREATE TYPE "my app".mood AS ENUM ('good', 'it''s bad');
  CREATE FUNCTION "my app"."Twice"(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
  CREATE TABLE t (id int, a text, b int, c numeric, at timestamp, doc jsonb, r int4range, m "my app".mood, words tsvector);
  CREATE TABLE "my app"."T ""x" ("ONLY" int, "a b" text COLLATE "C");
  CREATE TABLE events (id int, at date, kind text, n int) PARTITION BY RANGE (at, n);
  CREATE TABLE kinds (kind text, m "my app".mood) PARTITION BY LIST (kind);
  CREATE TABLE moods (m "my app".mood) PARTITION BY LIST (m);
  CREATE TABLE flags (b bool, n numeric) PARTITION BY LIST (b);
  CREATE TABLE numbers (n numeric) PARTITION BY RANGE (n);
  CREATE TABLE hashed (id int) PARTITION BY HASH (id);`;

const OBJECTS_SQL = (major: number): string => `
  CREATE INDEX i1 ON t (a COLLATE "C" text_pattern_ops DESC NULLS LAST, b) INCLUDE (c, at) WITH (fillfactor = 70) WHERE b > -3 AND a IS NOT NULL;
  CREATE UNIQUE INDEX "I ON ONLY x" ON t (lower(a), "my app"."Twice"(b)) ${major >= 15 ? 'NULLS NOT DISTINCT' : ''};
  CREATE INDEX i3 ON t USING gin (a "Odd ""S".gin_trgm_ops) WITH (fastupdate = off, gin_pending_list_limit = 128);
  CREATE INDEX i4 ON t USING gist (a "Odd ""S".gist_trgm_ops (siglen = 32));
  CREATE INDEX i5 ON t USING gin ((doc -> 'it''s' #> '{a,b}') jsonb_path_ops);
  CREATE INDEX i6 ON t USING brin (at) WITH (pages_per_range = 4, autosummarize = on);
  CREATE INDEX i7 ON t USING hash (id); CREATE INDEX i8 ON t USING spgist (r);
  CREATE INDEX i9 ON t (date_trunc('day', at), EXTRACT(year FROM at), (at AT TIME ZONE 'UTC'));
  CREATE INDEX i10 ON t ((CASE WHEN m = 'good' THEN 1 ELSE COALESCE(b, GREATEST(b, 3)) END), (ROW(b, c) IS NULL));
  CREATE INDEX i11 ON t ((m = ANY (ARRAY['good', 'it''s bad']::"my app".mood[])), substring(a FROM 'x+'), trim(BOTH 'x' FROM a)) WHERE NOT (b BETWEEN 1 AND 3 OR a LIKE 'x\\_%');
  CREATE INDEX i12 ON t USING gin (to_tsvector('simple'::regconfig, a || ' ' || a));
  CREATE INDEX i13 ON t USING gist (words tsvector_ops (siglen = 100)) TABLESPACE pg_default;
  CREATE INDEX i14 ON t ((t IS NOT NULL)) WHERE a = E'back\\\\slash';
  CREATE INDEX i15 ON "my app"."T ""x" ("ONLY", "a b" COLLATE "POSIX", ("ONLY" + 1));
  CREATE TABLE "my app"."p;1" PARTITION OF events FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2024-01-01', 5);
  CREATE TABLE p2 PARTITION OF events FOR VALUES FROM ('2024-01-01', 5) TO ('2025-01-01', MAXVALUE) PARTITION BY LIST (lower(kind) COLLATE "C" text_pattern_ops);
  CREATE TABLE p21 PARTITION OF p2 FOR VALUES IN ('a', 'it''s', NULL); CREATE TABLE p22 PARTITION OF p2 DEFAULT PARTITION BY HASH ((n + 1), at);
  CREATE TABLE p221 PARTITION OF p22 FOR VALUES WITH (modulus 2, remainder 1);
  CREATE TABLE k1 PARTITION OF kinds FOR VALUES IN ('x'); CREATE TABLE m1 PARTITION OF moods FOR VALUES IN ('it''s bad');
  CREATE TABLE b1 PARTITION OF flags FOR VALUES IN (true) PARTITION BY RANGE ((n * 2), "my app"."Twice"(n::int));
  CREATE TABLE n1 PARTITION OF numbers FOR VALUES FROM ('-5.5') TO (12345678901234567890);
  CREATE TABLE n2 PARTITION OF numbers FOR VALUES FROM ('Infinity') TO ('NaN');
  CREATE TABLE h1 PARTITION OF hashed FOR VALUES WITH (modulus 4, remainder 3);
  CREATE INDEX on_all ON events (kind) INCLUDE (n); CREATE INDEX on_p2 ON p2 (n);`;

const RELATIONS_SQL = `
  SELECT n.nspname AS schemaname, c.relname, c.relkind, pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
    pg_get_partkeydef(c.oid) AS partition_key,
    ARRAY(SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid) AS inherits,
    COALESCE((SELECT json_agg(json_build_object('schemaname', n.nspname, 'indexname', x.relname, 'relkind', x.relkind,
        'definition', pg_get_indexdef(x.oid)) ORDER BY x.oid) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = c.oid), '[]') AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`;

interface Row
  extends Pick<RelationSnapshot, 'schemaname' | 'relname' | 'relkind' | 'partition_bound' | 'partition_key'> {
  readonly inherits: readonly string[];
  readonly indexes: readonly Partial<IndexStatistics>[];
}

const MARK = 'CREATE TABLE public.hacked ()';
const T = (definition: string, indexname = 'evil') => ({ indexname, definition });

/** What a stranger writes for an index of public.t, and what is said. */
const FORGED_INDEXES: readonly (readonly [name: string, index: Partial<IndexStatistics>, message: RegExp])[] = [
  ['a second statement', T(`CREATE INDEX evil ON public.t USING btree (a); ${MARK}`), /it is 2 statements/],
  [
    'a program',
    T(`CREATE INDEX evil ON public.t USING btree (a); COPY (SELECT 1) TO PROGRAM 'id'`),
    /it is 2 statements/,
  ],
  ['another statement', T(MARK), /it is not a CREATE INDEX/],
  ['nothing', T(''), /cannot be parsed/],
  ['another table', T('CREATE INDEX evil ON public.other USING btree (a)'), /it is for "public"."other"/],
  ['a system catalog', T('CREATE INDEX evil ON pg_catalog.pg_class USING btree (relname)'), /for "pg_catalog"/],
  ['another name', T('CREATE INDEX other ON public.t USING btree (a)'), /it creates index "other"/],
  ['CONCURRENTLY', T('CREATE INDEX CONCURRENTLY evil ON public.t USING btree (a)'), /it has concurrent/],
  ['IF NOT EXISTS', T('CREATE INDEX IF NOT EXISTS evil ON public.t USING btree (a)'), /it has if_not_exists/],
  ['a query', T('CREATE INDEX evil ON public.t USING btree (((SELECT 1)))'), /contains a SubLink/],
  ['a file', T(`CREATE INDEX evil ON public.t USING btree ((pg_read_file('/etc/passwd')))`), /calls pg_read_file\(\)/],
  [
    'SQL',
    T(`CREATE INDEX evil ON public.t USING btree ((pg_catalog.query_to_xml('x', true, true, '')::text))`),
    /calls query_to_xml\(\)/,
  ],
  [
    'a large object',
    T(`CREATE INDEX evil ON public.t USING btree (b) WHERE lo_import('/etc/passwd') > 0`),
    /calls lo_import\(\)/,
  ],
  [
    'a setting',
    T(`CREATE INDEX evil ON public.t USING btree (a) WHERE set_config('a.b', 'c', false) = 'c'`),
    /calls set_config\(\)/,
  ],
  ['a quote that does not end', T(`CREATE INDEX evil ON public.t USING btree ((a || '))`), /cannot be parsed/],
  [
    'a comment around a statement',
    T(`CREATE INDEX evil ON public.t USING btree (a) /* */; ${MARK} -- )`),
    /it is 2 statements/,
  ],
  [
    'a name that ends the statement',
    T(`CREATE INDEX "evil ON public.t (a); ${MARK}; --" ON public.t USING btree (a)`),
    /it creates index/,
  ],
  ['NUL', T(`CREATE INDEX evil ON public.t USING btree (a)\0; ${MARK}`), /SQL cannot contain/],
];

/** The same of a partition of public.events. */
const BOUND = `FOR VALUES FROM ('2024-01-01', 1) TO ('2025-01-01', 1)`;
const FORGED_PARTITIONS: readonly (readonly [name: string, partition: Partial<RelationSnapshot>, message: RegExp])[] = [
  ['a second statement in the bound', { partition_bound: `${BOUND}; ${MARK}` }, /it is 2 statements/],
  ['a second statement in the key', { partition_key: `RANGE (at); ${MARK}` }, /it is 2 statements/],
  [
    'a second statement in the parent',
    { inherits: [`events DEFAULT; ${MARK}; --`, 'public.events'] },
    /2 statements|3 statements/,
  ],
  ['columns', { inherits: ['public.events (id DEFAULT pg_sleep(1))', 'public.events'] }, /it has tableElts/],
  ['a constraint', { inherits: ['public.events (CHECK (id > 0))', 'public.events'] }, /it has/],
  ['a tablespace', { partition_bound: `${BOUND} TABLESPACE pg_global` }, /it has tablespacename/],
  ['an access method', { partition_key: 'RANGE (at) USING heap2' }, /it has accessMethod/],
  ['options', { partition_bound: `${BOUND} WITH (fillfactor = 10)` }, /it has options/],
  [
    'a call in the bound',
    { partition_bound: `FOR VALUES FROM (pg_read_file('/etc/passwd')::date, 1) TO (MAXVALUE, 1)` },
    /more than constants/,
  ],
  ['SQL in the bound', { partition_bound: `FOR VALUES FROM (now()::date, 1) TO (MAXVALUE, 1)` }, /more than constants/],
  [
    'a query in the bound',
    { partition_bound: 'FOR VALUES FROM ((SELECT 1), 1) TO (MAXVALUE, 1)' },
    /more than constants/,
  ],
  ['a call in the key', { partition_key: `RANGE (lo_import('/etc/passwd'))` }, /calls lo_import\(\)/],
  ['a query in the key', { partition_key: 'RANGE (((SELECT 1)))' }, /contains a SubLink/],
];

describe.runIf(majors.length > 0).each(majors)('what production has, on PostgreSQL %i', (major) => {
  const warned: string[] = [];
  const progress: Progress = { ...SILENT, warn: (message: string) => void warned.push(message) };

  async function create(server: TestServer, database: string, relations: readonly RelationSnapshot[]): Promise<void> {
    warned.length = 0;
    await prepareTarget(server.url(database), [{ production: ['partitions', 'indexes'] }], {
      folder: '.',
      withheld: [],
      snapshotFor: async () => aSnapshot(relations),
      progress,
    });
  }

  async function relationsOf(server: TestServer, database: string): Promise<RelationSnapshot[]> {
    const connection = await connect(server.url(database), 'source');
    try {
      await connection.run(`SET search_path = ''`);
      const rows = await connection.query<Row>(RELATIONS_SQL);
      return rows.map(({ relname, indexes, ...row }) =>
        aRelation(relname, { ...row, indexes: indexes.map((index) => anIndex(index.indexname ?? '', index)) }),
      );
    } finally {
      await connection.close();
    }
  }

  it('is created as it is defined there, whatever it is', async () => {
    const server = (await testServer(major)) as TestServer;
    const [production, here] = [await server.createDatabase(), await server.createDatabase()];
    await server.psql(production, `${TABLES_SQL}${OBJECTS_SQL(major)}`);
    await server.psql(here, TABLES_SQL);
    const expected = await relationsOf(server, production);
    await create(server, here, expected);
    expect(warned).toEqual([]);
    const definitions = (relations: readonly RelationSnapshot[]) =>
      relations.map(({ indexes, ...relation }) => ({
        ...relation,
        indexes: indexes.map(({ definition }) => definition).sort(),
      }));
    expect(definitions(await relationsOf(server, here))).toEqual(definitions(expected));
  });

  it('is not sent where it does more, and the file is named', async () => {
    const server = (await testServer(major)) as TestServer;
    const database = await server.createDatabase();
    await server.psql(database, `${TABLES_SQL} CREATE TABLE other (a text);`);
    const file = (at: string) => `snapshots/forged/relations/public/${at}.json`;
    for (const [name, index, message] of FORGED_INDEXES) {
      await create(server, database, [aRelation('t', { file: file('t'), indexes: [anIndex('evil', index)] })]);
      expect(warned, name).toEqual([expect.stringMatching(message)]);
      expect(warned[0], name).toContain('(snapshots/forged/relations/public/t.json)');
    }
    for (const [name, partition, message] of FORGED_PARTITIONS) {
      const honest = { file: file('p'), inherits: ['public.events'], partition_bound: BOUND };
      // One that is below itself too.
      const around = aRelation('around', { inherits: ['public.around'], partition_bound: 'DEFAULT' });
      await create(server, database, [
        aRelation('events', { relkind: 'p' }),
        around,
        aRelation('p', { ...honest, ...partition }),
      ]);
      expect(warned, name).toEqual([expect.stringMatching(message)]);
      expect(warned[0], name).toContain('(snapshots/forged/relations/public/p.json)');
    }
    expect(
      await server.psql(
        database,
        `SELECT to_regclass('public.hacked') IS NULL, to_regclass('public.evil') IS NULL, to_regclass('public.p') IS NULL`,
      ),
    ).toBe('t|t|t');
  });
});
