import type { SeenStatement } from '../model/sql/seen-statement.ts';
import { isJsonObject } from '../model/text/json.ts';
import {
  paramRefs,
  readStatement,
  repairNormalised,
  type Shape,
  StatementError,
  scan,
  shapeOf,
  statementTree,
  walk,
  withoutDifferingConstants,
} from '../sql/index.ts';
import { tagsOf } from './tags.ts';

/** A query shape that was seen, ready to be named and written. */
export interface Candidate {
  readonly shape: Shape;
  readonly sql: string;
  readonly calls: number;
  /** Milliseconds, over all calls; null if unknown. */
  readonly totalExecTime: number | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Remarks for people on how the query was derived. */
  readonly notes: readonly string[];
  /** Why it cannot be planned with any parameter types; null if it can. */
  readonly lost: string | null;
}

/** Number of statements that became no query, by reason. */
export type LeftOut = ReadonlyMap<string, number>;

interface GatherOptions {
  /** Include queries that read only system catalogs. */
  readonly catalogs: boolean;
  /** Leave out statements that only tests send. */
  readonly tests: boolean;
  /** Only statements whose text matches. */
  readonly matching?: RegExp | undefined;
}

interface Variant extends SeenStatement {
  readonly sql: string;
  readonly shape: Shape;
}

/**
 * Turns statements into queries, one per query shape, in no particular order. Leaves out statements that cannot be
 * planned, that read no table, or that PostgreSQL or regress sends itself. Needs loadScanner().
 */
export function gatherQueries(
  seen: readonly SeenStatement[],
  options: GatherOptions,
): { readonly candidates: Candidate[]; readonly leftOut: LeftOut } {
  const groups = new Map<string, Variant[]>();
  const leftOut = new Map<string, number>();
  for (const statement of seen) {
    if (options.matching && !options.matching.test(statement.text)) continue;
    const read = readSeen(statement, options);
    if (typeof read === 'string') leftOut.set(read, (leftOut.get(read) ?? 0) + 1);
    else groups.set(read.shape.digest, [...(groups.get(read.shape.digest) ?? []), read]);
  }
  return { candidates: [...groups.values()].map(merged), leftOut };
}

/** The statement with its shape, or the reason to leave it out. */
function readSeen(statement: SeenStatement, { catalogs, tests }: GatherOptions): Variant | string {
  try {
    const { sql } = readStatement(statement.text);
    const shape = shapeOf(repairNormalised(sql).sql);
    if (shape === null) return 'cannot be parsed or planned';
    const reason = ownReason(shape, sql) ?? (catalogs ? undefined : catalogReason(shape));
    return reason ?? (tests ? testReason(shape) : undefined) ?? { ...statement, sql, shape };
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    return error.isNoQuery ? 'not a single SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES' : error.message;
  }
}

/** Recognises foreign-key checks, which PostgreSQL sends itself (ri_triggers.c), and statements of regress. */
function ownReason({ functions, relations }: Shape, sql: string): string | undefined {
  if (/OPERATOR\(pg_catalog\.[^)]+\)/.test(sql) && /\bFROM ONLY "/.test(sql))
    return "PostgreSQL's own foreign-key checks";
  const ours = [...functions, ...relations].some((name) => /^regress(?:_planner)?\./.test(name));
  return ours || RANGE_END.test(sql) ? "regress's own" : undefined;
}

/** Our own range-end queries (also from helper functions, when nested statements are tracked). */
const RANGE_END = /\bFROM ONLY .+ IS DISTINCT FROM NULL\s+ORDER BY .+ LIMIT /s;

const CATALOG = /^(?:pg_catalog|information_schema|pg_toast)\.|^pg_[^.]*$|\.pg_stat_statements(?:_info)?$/;

/** Functions in FROM that read no table. */
const TABLELESS = /^(?:pg_.*|generate_series|generate_subscripts|unnest|string_to_table|regexp_.*|jsonb?_.*|ts_.*)$/;

function catalogReason({ relations, functions }: Shape): string | undefined {
  const tables = relations.filter((name) => !CATALOG.test(name));
  const calls = functions.filter((name) => !CATALOG.test(name) && !TABLELESS.test(name));
  if (tables.length + calls.length > 0) return undefined;
  return relations.length > 0 ? 'reads only system catalogs' : 'reads no table';
}

/** Tables in which migration tools keep their state. */
const MIGRATIONS =
  /(?:^|\.)(?:_prisma_migrations|__drizzle_migrations|drizzle_migrations|schema_migrations|ar_internal_metadata|knex_migrations(?:_lock)?|flyway_schema_history|databasechangelog(?:lock)?|alembic_version|django_migrations|sequelizemeta|mikro_orm_migrations|typeorm_metadata|kysely_migration(?:_lock)?|pgmigrations|goose_db_version|__efmigrationshistory|graphile_migrate\..*)$/i;

function testReason({ relations, insertsValues, lists, wholeTable, verb }: Shape): string | undefined {
  if (relations.length > 0 && relations.every((name) => MIGRATIONS.test(name))) return 'sent by a migration tool';
  if (insertsValues && lists.some((rows) => rows > 1)) return 'inserts several rows, as fixtures do';
  if (wholeTable && verb === 'delete') return 'deletes all rows of a table';
  return undefined;
}

/** Merges the statements of a shape; the most frequent one represents all. */
function merged(variants: readonly Variant[]): Candidate {
  const [first] = [...variants].sort(byUse) as [Variant, ...Variant[]];
  const callsOf = new Map<string, number>();
  for (const { shape, calls } of variants) {
    const lengths = shape.lists.join(' ');
    callsOf.set(lengths, (callsOf.get(lengths) ?? 0) + calls);
  }
  const [commonest] = [...callsOf].sort(([a, some], [b, more]) => more - some || compare(a, b)) as [[string, number]];
  const alike = variants.filter(({ shape }) => shape.lists.join(' ') === commonest[0]).sort(byUse);
  const [chosen = first, ...others] = alike;
  const sql = withoutDifferingConstants(
    chosen.sql,
    others.map((other) => other.sql),
  );
  const repaired = repairNormalised(sql);
  const total = variants.reduce((sum, { totalExecTime }) => sum + (totalExecTime ?? 0), 0);
  return {
    shape: chosen.shape,
    sql: repaired.sql,
    calls: variants.reduce((sum, { calls }) => sum + calls, 0),
    totalExecTime: variants.every(({ totalExecTime }) => totalExecTime === null) ? null : total,
    tags:
      [...variants]
        .sort(byUse)
        .map(({ text }) => tagsOf(commentsOf(text)))
        .find(hasAny) ?? {},
    lost: losesArbiter(repaired.sql)
      ? 'the constant in ON CONFLICT … WHERE, which selects an index, was not recorded'
      : null,
    notes: [...repaired.notes, ...listNotes(commonest[0], [...callsOf.keys()])],
  };
}

/**
 * Whether the predicate by which ON CONFLICT finds a partial index has a parameter (infer_arbiter_indexes in
 * plancat.c).
 */
function losesArbiter(sql: string): boolean {
  let loses = false;
  walk(statementTree(sql), (kind, { infer }) => {
    if (kind === 'onConflictClause' && isJsonObject(infer) && paramRefs(infer.whereClause).length > 0) loses = true;
  });
  return loses;
}

function listNotes(chosen: string, all: readonly string[]): string[] {
  if (all.length < 2) return [];
  const others = all
    .filter((lengths) => lengths !== chosen)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const shown = (lengths: string) => lengths.split(' ').join(' and ');
  const listed = others.slice(0, 8).map(shown).join(', ');
  const more = others.length > 8 ? `, and ${others.length - 8} more` : '';
  return [`list lengths: ${shown(chosen)}, the most common; also seen: ${listed}${more}`];
}

function hasAny(tags: Readonly<Record<string, string>>): boolean {
  return Object.keys(tags).length > 0;
}

function commentsOf(text: string): string[] {
  return scan(text).flatMap(({ isComment, text: comment }) => (isComment ? [comment] : []));
}

function byUse(a: Variant, b: Variant): number {
  return b.calls - a.calls || a.sql.length - b.sql.length || compare(a.sql, b.sql);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
