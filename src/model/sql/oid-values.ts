import type { StatisticsSlot } from '../snapshot.ts';

/** pg_statistic.h: STATISTIC_KIND_MCV. */
const MOST_COMMON_VALUES = 1;

/** The lowest OID of a user's object: FirstNormalObjectId (access/transam.h). */
export const FIRST_USER_OID = 16384;

/** The most common values of a slot as numbers, if they are OIDs; null for any other slot. */
export function commonOids({ stakind, elemtype, stavalues }: StatisticsSlot): number[] | null {
  const areOids = stakind === MOST_COMMON_VALUES && (elemtype === 'oid' || elemtype === 'regprocedure');
  return areOids && stavalues !== null && /^\{[\d,]+\}$/.test(stavalues)
    ? stavalues.slice(1, -1).split(',').map(Number)
    : null;
}

/** True for an OID that can mean another object, or none, in another database. */
export function isUserOid(oid: number): boolean {
  return oid >= FIRST_USER_OID;
}
