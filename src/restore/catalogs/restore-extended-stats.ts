import { displayName, IN_USER_SCHEMA, slotName, type TargetStatisticsObject } from '../../catalog/index.ts';
import type { AttributeStatistics, ExtendedStatistics, ExtendedStatisticsData } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt } from '../../postgres/index.ts';
import { type AttributeNumbers, attributeNumber, inOrder } from './extended-bytes.ts';
import { dimensionOrder } from './extended-rows.ts';
import { argumentsOfSlot, argumentsOfSlots } from './function-arguments.ts';
import type { StatisticsWriter } from './strategy.ts';

/** Reports extended statistics as refused: before PostgreSQL 19, no function restores them. */
export async function refuseExtendedStatistics(
  { journal }: StatisticsWriter,
  { schemaname, statistics_name, data }: ExtendedStatistics,
): Promise<void> {
  if (data.length === 0) return;
  const object = displayName(schemaname, statistics_name);
  const message = 'before PostgreSQL 19, only a superuser can write them; those in the target stay';
  journal.refused.push({ object, what: 'extended statistics', message });
}

const CLEAR_SQL = `
SELECT pg_catalog.pg_clear_extended_stats(n.nspname::pg_catalog.text, c.relname::pg_catalog.text,
  sn.nspname::pg_catalog.text, e.stxname::pg_catalog.text, kind.inherited)
FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_namespace sn ON sn.oid = e.stxnamespace
JOIN pg_catalog.pg_class c ON c.oid = e.stxrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN (VALUES (false), (true)) AS kind(inherited)
WHERE ${IN_USER_SCHEMA} AND (c.relhassubclass OR NOT kind.inherited)`;

/** Removes the extended statistics of all user relations. */
export async function clearExtendedStatistics(connection: Connection): Promise<void> {
  await connection.query(CLEAR_SQL);
}

const RESTORE_SQL = `
SELECT pg_catalog.pg_restore_extended_stats(
  'schemaname', n.nspname::pg_catalog.text, 'relname', c.relname::pg_catalog.text,
  'statistics_schemaname', sn.nspname::pg_catalog.text, 'statistics_name', e.stxname::pg_catalog.text,
  'inherited', $2::pg_catalog.bool,
  'n_distinct', $3::pg_catalog.text::pg_catalog.pg_ndistinct,
  'dependencies', $4::pg_catalog.text::pg_catalog.pg_dependencies,
  'most_common_vals', $5::pg_catalog.text[],
  'most_common_freqs', $6::pg_catalog.float8[],
  'most_common_base_freqs', $7::pg_catalog.float8[],
  'exprs', $8::pg_catalog.jsonb) AS taken
FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_namespace sn ON sn.oid = e.stxnamespace
JOIN pg_catalog.pg_class c ON c.oid = e.stxrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE e.oid = $1::pg_catalog.oid`;

/** Restores the data of a statistics object with the function of PostgreSQL 19, which keeps every digit. */
export async function restoreExtendedStatistics(
  writer: StatisticsWriter,
  statistics: ExtendedStatistics,
  target: TargetStatisticsObject,
): Promise<void> {
  const { connection, journal } = writer;
  const object = displayName(statistics.schemaname, statistics.statistics_name);
  for (const data of statistics.data) {
    reportForeignKinds(writer, object, data);
    const values = [target.oid, data.inherited, ...argumentsOf(data, statistics.columns, target)];
    let taken = false;
    connection.notices();
    const refusal = await attempt(connection, async () => {
      const [row] = await connection.query<{ taken: boolean }>(RESTORE_SQL, values);
      taken = row?.taken ?? false;
    });
    if (refusal === null) journal.counts.extendedStatistics += 1;
    if (taken) continue;
    const message = refusal?.message ?? connection.notices().join('; ');
    journal.refused.push({
      object,
      what: refusal ? 'extended statistics' : 'part of the extended statistics',
      message,
    });
  }
}

function reportForeignKinds({ journal }: StatisticsWriter, object: string, data: ExtendedStatisticsData): void {
  const slots = (data.expressions ?? []).flatMap((expression) => expression?.slots ?? []);
  for (const slot of slots.filter((each) => argumentsOfSlot(each) === null)) {
    const message = 'pg_restore_extended_stats() does not accept this kind; a superuser can restore it';
    journal.refused.push({ object, what: slotName(slot), message });
  }
}

function argumentsOf(
  { ndistinct, dependencies, mcv, expressions }: ExtendedStatisticsData,
  columns: readonly string[],
  target: TargetStatisticsObject,
): unknown[] {
  const numbers: AttributeNumbers = new Map(target.columns.map(({ attname, attnum }) => [attname, attnum]));
  const numbered = (attributes: readonly string[]) =>
    inOrder(attributes.map((attribute) => attributeNumber(attribute, numbers)));
  const order = dimensionOrder(columns, target);
  return [
    ndistinct && JSON.stringify(ndistinct.map((item) => ({ ...item, attributes: numbered(item.attributes) }))),
    dependencies &&
      JSON.stringify(
        dependencies.map(({ attributes, degree }) => ({
          attributes: numbered(attributes.slice(0, -1)),
          dependency: attributeNumber(attributes.at(-1) ?? '', numbers),
          degree,
        })),
      ),
    mcv?.map(({ values }) => [...order.map((place) => values[place] ?? null), ...values.slice(order.length)]) ?? null,
    mcv?.map(({ frequency }) => frequency) ?? null,
    mcv?.map(({ base_frequency }) => base_frequency) ?? null,
    expressions && JSON.stringify(expressions.map((expression) => expression && expressionArguments(expression))),
  ];
}

/** The function expects every value of an expression as text. */
function expressionArguments(statistics: AttributeStatistics): object {
  const { null_frac, avg_width, n_distinct } = statistics;
  return {
    ...{ null_frac: String(null_frac), avg_width: String(avg_width), n_distinct: String(n_distinct) },
    ...argumentsOfSlots(statistics),
  };
}
