import { type Connection, DatabaseError } from '../../../src/postgres/index.ts';
import type { Planned } from './statements.ts';

/** What pg_regress sets in its sessions. */
const SETTINGS = [
  `SET timezone = 'America/Los_Angeles'`,
  `SET datestyle = 'Postgres, MDY'`,
  `SET intervalstyle = 'postgres_verbose'`,
  `SET statement_timeout = '20s'`,
];

/** Time stands still; the literal 'now' is evaluated before the message's transaction would begin by itself. */
const BEGIN = `BEGIN; SET LOCAL regress_planner.now = '2026-01-31 12:00:00+00'`;

/** What EXPLAIN says of each statement, or the server's error. */
export async function plansOf(session: Connection, library: string, statements: readonly Planned[]): Promise<string[]> {
  await session.run(`LOAD '${library}'`);
  const plans: string[] = [];
  let current: string | null = null;
  for (const { sql, settings } of statements) {
    const wanted = settings.join(';');
    if (wanted !== current) {
      await session.run('RESET ALL');
      for (const setting of [...SETTINGS, ...settings]) await answer(session, setting);
      current = wanted;
    }
    await session.run(BEGIN);
    plans.push(await answer(session, `EXPLAIN ${sql}`));
    await session.run('ROLLBACK');
  }
  return plans;
}

async function answer(session: Connection, sql: string): Promise<string> {
  try {
    const rows = await session.run<Record<string, string>>(sql);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } catch (error) {
    if (error instanceof DatabaseError) return `ERROR: ${error.message}`;
    throw error;
  }
}

/** Does the server refuse the statement? */
export function isRefused(plan: string): boolean {
  return plan.startsWith('ERROR: ');
}

/** Why the plans of a statement differ, where the reason accounts for the whole difference; else the plans. */
export function reasonOf(sql: string, production: string, copy: string, oids: ReadonlyMap<string, string>): string {
  if (withProductionOids(copy, oids) === production) return 'constant OID';
  if (/^insert\b/i.test(sql) && withoutWidths(copy) === withoutWidths(production)) return 'dropped column';
  if (sortedChildren(copy) === sortedChildren(production)) return 'order of children';
  return `unknown:\n${sql}\n${production}\n${copy}\n`;
}

/** EXPLAIN shows a constant such as 'orders'::regclass as a number. */
function withProductionOids(plan: string, oids: ReadonlyMap<string, string>): string {
  return plan.replaceAll(/\b\d{5,}\b/g, (oid) => oids.get(oid) ?? oid);
}

/** The source of an INSERT has a placeholder for each column that production's table has lost. */
function withoutWidths(plan: string): string {
  return plan.replaceAll(/ width=\d+\)/g, ')');
}

/** The planner appends inheritance children in the order of their OIDs, and numbers them so. */
function sortedChildren(plan: string): string {
  return plan
    .replaceAll(/_\d+\b/g, '')
    .split('\n')
    .sort()
    .join('\n');
}
