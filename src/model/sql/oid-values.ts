import type { StatisticsSlot } from '../snapshot.ts';

/** pg_statistic.h: STATISTIC_KIND_MCV. */
const MOST_COMMON_VALUES = 1;

/** The least OID of an object that a user made: FirstNormalObjectId (access/transam.h). */
export const FIRST_USER_OID = 16384;

/** The most common values of a slot where they are OIDs, as numbers; null for any other slot. */
export function commonOids({ stakind, elemtype, stavalues }: StatisticsSlot): number[] | null {
  const areOids = stakind === MOST_COMMON_VALUES && (elemtype === 'oid' || elemtype === 'regprocedure');
  return areOids && stavalues !== null && /^\{[\d,]+\}$/.test(stavalues)
    ? stavalues.slice(1, -1).split(',').map(Number)
    : null;
}

/** An OID that means another object, or none, in another database. */
export function isUserOid(oid: number): boolean {
  return oid >= FIRST_USER_OID;
}
