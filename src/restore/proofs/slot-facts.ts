import type { AttributeStatistics } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';
import { TEXT } from './slot-rules.ts';
import type { OperatorFacts, SlotFacts, TypeFacts } from './slot-types.ts';

/** What a database knows of the types, operators and collations of statistics, read in bulk and kept. */
export interface SlotCatalog {
  /** Reads what the rules need of statistics for columns of the types given. */
  learn(columns: readonly number[], statistics: readonly AttributeStatistics[]): Promise<void>;
  /** Facts for a column of a type that was learned; undefined for a type that is not there. */
  factsFor(type: number): SlotFacts | undefined;
}

/** Of pg_type.dat. */
const FLOAT8 = 701;
const [ANYARRAY, ANYENUM, ANYRANGE, ANYMULTIRANGE, RECORD, RECORDARRAY] = [2277, 3500, 3831, 4537, 2249, 2287];

/** As getBaseType, type_is_array and IsBinaryCoercible see types (lsyscache.c, parse_coerce.c). */
const TYPES_SQL = `
WITH RECURSIVE chain (oid, base) AS (
  SELECT t.oid, t.oid FROM pg_catalog.pg_type t WHERE t.oid = ANY ($1::pg_catalog.oid[])
  UNION ALL
  SELECT c.oid, t.typbasetype FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.base WHERE t.typtype = 'd')
SELECT c.oid, c.base, b.typtype::pg_catalog.text AS kind, b.typcollation <> 0 AS collatable, b.typdelim::pg_catalog.text AS delimiter,
  CASE WHEN b.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc THEN NULLIF(b.typelem, 0) END AS element,
  e.typtype = 'c' AS "ofRecords",
  COALESCE(r.rngtypid, m.rngtypid) AS range,
  COALESCE((
    SELECT pg_catalog.json_agg(k.casttarget::pg_catalog.int8 ORDER BY k.casttarget) FROM pg_catalog.pg_cast k
    WHERE k.castsource = b.oid AND k.castmethod = 'b' AND k.castcontext = 'i'), '[]') AS casts
FROM chain c JOIN pg_catalog.pg_type b ON b.oid = c.base
LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = b.oid
LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = b.oid
WHERE b.typtype <> 'd'
ORDER BY c.oid`;

interface TypeRow {
  readonly oid: number;
  readonly base: number;
  readonly kind: string;
  readonly collatable: boolean;
  readonly delimiter: string;
  readonly element: number | null;
  readonly ofRecords: boolean | null;
  readonly range: number | null;
  readonly casts: readonly number[];
}

const TYPE_NAMES_SQL = `
SELECT n.name, pg_catalog.to_regtype(n.name)::pg_catalog.oid AS oid
FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n (name)`;

const OPERATORS_SQL = `
SELECT n.name, o.oprleft AS left, o.oprright AS right,
  EXISTS (
    SELECT FROM pg_catalog.pg_amop a JOIN pg_catalog.pg_am m ON m.oid = a.amopmethod
    WHERE a.amopopr = o.oid AND (m.amname = 'btree' AND a.amopstrategy = 3 OR m.amname = 'hash' AND a.amopstrategy = 1)) AS equality,
  EXISTS (
    SELECT FROM pg_catalog.pg_amop a JOIN pg_catalog.pg_am m ON m.oid = a.amopmethod
    WHERE a.amopopr = o.oid AND m.amname = 'btree' AND a.amopstrategy = 1) AS less
FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n (name)
JOIN pg_catalog.pg_operator o ON o.oid = pg_catalog.to_regoperator(n.name)`;

const COLLATIONS_SQL = `
SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n (name)
WHERE pg_catalog.to_regcollation(n.name) IS NOT NULL`;

/** A catalog of which nothing is known yet. Needs the empty search_path under which a snapshot's names were printed. */
export function slotCatalog(connection: Connection): SlotCatalog {
  const types = new Map<number, TypeFacts | undefined>();
  const typeNames = new Map<string, number | null>();
  const operators = new Map<string, OperatorFacts | undefined>();
  const collations = new Map<string, boolean>();
  const typeOf = (oid: number) => types.get(oid);

  const learnTypes = async (oids: readonly (number | null)[]): Promise<void> => {
    const wanted = news(types, oids);
    if (wanted.length === 0) return;
    for (const oid of wanted) types.set(oid, undefined);
    const rows = await connection.query<TypeRow>(TYPES_SQL, [wanted]);
    for (const row of rows) types.set(row.oid, asFacts(row));
    await learnTypes(rows.flatMap(({ base, element, range }) => [base, element, range]));
  };
  const learnNames = async (names: readonly (string | null)[]): Promise<void> => {
    const wanted = news(typeNames, names);
    for (const name of wanted) typeNames.set(name, null);
    const rows = await named<{ name: string; oid: number | null }>(connection, TYPE_NAMES_SQL, wanted);
    for (const { name, oid } of rows) typeNames.set(name, oid);
    await learnTypes(rows.map(({ oid }) => oid));
  };
  const learnOperators = async (names: readonly (string | null)[]): Promise<void> => {
    const wanted = news(operators, names);
    for (const name of wanted) operators.set(name, undefined);
    const rows = await named<OperatorFacts & { readonly name: string }>(connection, OPERATORS_SQL, wanted);
    for (const row of rows) operators.set(row.name, row);
  };
  const learnCollations = async (names: readonly (string | null)[]): Promise<void> => {
    const wanted = news(collations, names);
    for (const name of wanted) collations.set(name, false);
    for (const { name } of await named<{ name: string }>(connection, COLLATIONS_SQL, wanted))
      collations.set(name, true);
  };

  return {
    learn: async (columns, statistics) => {
      const slots = statistics.flatMap((each) => each.slots);
      await learnTypes([TEXT, FLOAT8, ...columns]);
      await learnNames(slots.map(({ elemtype }) => elemtype));
      await learnOperators(slots.map(({ staop }) => staop));
      await learnCollations(slots.map(({ stacoll }) => stacoll));
    },
    factsFor: (type) => {
      const column = typeOf(type);
      if (column === undefined) return undefined;
      return {
        column,
        typeOf,
        typeNamed: (name) => typeOf(typeNames.get(name) ?? 0),
        operatorNamed: (name) => operators.get(name),
        hasCollation: (name) => collations.get(name) ?? false,
      };
    },
  };
}

/** What is not known yet, each once. */
function news<Key>(known: ReadonlyMap<Key, unknown>, keys: readonly (Key | null)[]): Key[] {
  return [...new Set(keys)].filter((key): key is Key => key !== null && !known.has(key));
}

/** Before 16 a text that is no name at all is an error and not NULL: then each is asked for alone. */
async function named<Row extends object>(
  connection: Connection,
  sql: string,
  names: readonly string[],
): Promise<Row[]> {
  if (names.length === 0) return [];
  let rows: Row[] = [];
  const refusal = await attempt(connection, async () => {
    rows = await connection.query<Row>(sql, [names]);
  });
  if (refusal === null) return rows;
  if (names.length === 1) return [];
  const middle = Math.ceil(names.length / 2);
  return [
    ...(await named<Row>(connection, sql, names.slice(0, middle))),
    ...(await named<Row>(connection, sql, names.slice(middle))),
  ];
}

function asFacts({ oid, base, kind, collatable, delimiter, element, ofRecords, range, casts }: TypeRow): TypeFacts {
  const polymorphic = [
    ...(element === null ? [] : [ANYARRAY]),
    ...(kind === 'e' ? [ANYENUM] : []),
    ...(kind === 'r' ? [ANYRANGE] : []),
    ...(kind === 'm' ? [ANYMULTIRANGE] : []),
    ...(kind === 'c' ? [RECORD] : []),
    ...(ofRecords ? [RECORDARRAY] : []),
  ];
  return { oid, base, element, range, collatable, delimiter, takenAs: new Set([base, ...casts, ...polymorphic]) };
}
