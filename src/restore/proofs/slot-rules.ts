import type { StatisticsSlot } from '../../model/snapshot.ts';
import { type ArrayText, readArrayText, readNumbers } from './array-text.ts';
import { foreignMistake } from './foreign-slots.ts';
import type { Mistake, SlotFacts, TypeFacts } from './slot-types.ts';

/** OIDs of pg_type.dat. */
export const TEXT = 25;
const FLOAT8 = 701;
export const TSVECTOR = 3614;
const [REGPROC, REGPROCEDURE, REGOPER, REGOPERATOR, PG_NODE_TREE] = [24, 2202, 2203, 2204, 194];

interface ReadSlot {
  readonly slot: StatisticsSlot;
  readonly numbers: readonly number[] | null;
  readonly values: ArrayText | null;
  readonly elemtype: TypeFacts | null;
  readonly facts: SlotFacts;
}

/** What ANALYZE writes into a slot of a kind, see pg_statistic.h. */
interface KindRules {
  /** Type of the values; null: there are none. */
  readonly values: (column: TypeFacts) => number | null;
  /** Type that the operator compares. */
  readonly compares: (column: TypeFacts) => number | null;
  readonly operator: 'equality' | 'less';
  /** False where ANALYZE writes none. */
  readonly needsOperator?: boolean;
  readonly counts: (read: ReadSlot) => Mistake;
}

const ofColumn = ({ base }: TypeFacts) => base;
const ofElement = ({ base, element }: TypeFacts) => (base === TSVECTOR ? TEXT : element);
const none = () => null;

/** compute_scalar_stats and compute_distinct_stats (analyze.c), compute_array_stats, compute_tsvector_stats, compute_range_stats. */
const KINDS: Readonly<Record<number, KindRules>> = {
  1: {
    values: ofColumn,
    compares: ofColumn,
    operator: 'equality',
    counts: (read) => atLeastValues(read, 1) ?? countOfNumbers(read, read.values?.length ?? 0) ?? allFractions(read),
  },
  2: {
    values: ofColumn,
    compares: ofColumn,
    operator: 'less',
    counts: (read) => atLeastValues(read, 2) ?? noNumbers(read),
  },
  3: {
    values: none,
    compares: ofColumn,
    operator: 'less',
    counts: (read) => countOfNumbers(read, 1) ?? allBetween(read, -1, 1),
  },
  4: {
    values: ofElement,
    compares: ofElement,
    operator: 'equality',
    counts: (read) => {
      // Least and greatest frequency, and of arrays that of NULL elements.
      const further = read.facts.column.base === TSVECTOR ? 2 : 3;
      const wanted = (read.values?.length ?? 0) + further;
      return atLeastValues(read, 1) ?? countOfNumbers(read, wanted) ?? allFractions(read);
    },
  },
  5: {
    values: none,
    compares: ({ element }) => element,
    operator: 'equality',
    // A histogram of two bounds at least, and the average.
    counts: (read) =>
      (read.numbers?.length ?? 0) < 3 ? 'stanumbers has less than 3 numbers' : allBetween(read, 0, Infinity),
  },
  6: {
    values: ({ range }) => (range === null ? null : FLOAT8),
    compares: ({ range }) => (range === null ? null : FLOAT8),
    operator: 'less',
    counts: (read) => countOfNumbers(read, 1) ?? allFractions(read) ?? noElement(read, /^\s*nan\s*$/i, 'NaN'),
  },
  7: {
    values: ({ range }) => range,
    compares: ({ range }) => range,
    operator: 'less',
    needsOperator: false,
    counts: (read) => atLeastValues(read, 2) ?? noNumbers(read) ?? noElement(read, /^\s*empty\s*$/i, 'an empty range'),
  },
};

/** Kinds that pg_statistic.h leaves to the core server. */
const LAST_OF_CORE = 99;

/**
 * Why a slot is not one that ANALYZE can have written for the column; null where it can. The planner trusts each slot to be
 * so: it takes the bytes of the values for the column's type, and reads as many numbers as there are values
 * (get_attstatsslot in lsyscache.c, selfuncs.c, array_selfuncs.c, ts_selfuncs.c, rangetypes_selfuncs.c).
 */
export function slotMistake(slot: StatisticsSlot, facts: SlotFacts): Mistake {
  const rules = KINDS[slot.stakind];
  if (rules === undefined)
    return slot.stakind > LAST_OF_CORE ? foreignMistake(slot) : `there is no kind ${slot.stakind}`;
  return typeMistake(slot, rules, facts) ?? operatorMistake(slot, rules, facts) ?? contentMistake(slot, rules, facts);
}

function typeMistake(
  { stavalues, elemtype }: StatisticsSlot,
  rules: KindRules,
  { column, typeNamed, typeOf }: SlotFacts,
): Mistake {
  const wanted = rules.values(column);
  if (wanted === null) {
    if (rules.compares(column) === null) return 'the type of the column has no such statistics';
    return stavalues === null && elemtype === null ? null : 'it has values, and its kind has none';
  }
  if (stavalues === null) return elemtype === null ? null : 'it has an element type and no values';
  if (elemtype === null) return 'its values have no type';
  const named = typeNamed(elemtype);
  if (named === undefined) return `type "${elemtype}" does not exist`;
  // The elements of an array can be of a domain.
  return isStoredAs(named.base, typeOf(wanted)?.base ?? wanted)
    ? null
    : `its values are of type ${elemtype}, which is not that of the column`;
}

/** Why a slot cannot stand beside the others: whoever reads bounds of ranges reads their lengths too (calc_hist_selectivity). */
export function companyMistake({ stakind }: StatisticsSlot, slots: readonly StatisticsSlot[]): Mistake {
  const lengths = slots.find((each) => each.stakind === 6);
  return stakind === 7 && lengths?.stavalues === null ? 'the range lengths beside it have no values' : null;
}

/** regproc and regoper are ambiguous as text, and nothing reads a pg_node_tree: see slotColumns of the snapshot. */
function isStoredAs(base: number, wanted: number): boolean {
  if (base === wanted) return true;
  return (
    (wanted === REGPROC && base === REGPROCEDURE) ||
    (wanted === REGOPER && base === REGOPERATOR) ||
    (wanted === PG_NODE_TREE && base === TEXT)
  );
}

function operatorMistake({ staop, stacoll }: StatisticsSlot, rules: KindRules, facts: SlotFacts): Mistake {
  const compared = rules.compares(facts.column);
  const type = compared === null ? undefined : facts.typeOf(compared);
  if (type === undefined) return 'the type of the column has no such statistics';
  if (stacoll !== null) {
    if (!facts.hasCollation(stacoll)) return `collation "${stacoll}" does not exist`;
    if (!type.collatable) return 'it has a collation, and its type has none';
  }
  if (staop === null) return rules.needsOperator === false ? null : 'it has no operator';
  const operator = facts.operatorNamed(staop);
  if (operator === undefined) return `operator does not exist: ${staop}`;
  if (operator.left !== operator.right || !type.takenAs.has(operator.left))
    return `its operator ${staop} does not take the type of its values`;
  if (operator[rules.operator]) return null;
  return `its operator ${staop} is not ${rules.operator === 'less' ? 'a less-than' : 'an equality'} that orders or hashes`;
}

function contentMistake(slot: StatisticsSlot, rules: KindRules, facts: SlotFacts): Mistake {
  const { stanumbers, stavalues } = slot;
  const numbers = stanumbers === null ? null : readNumbers(stanumbers);
  if (stanumbers !== null && numbers === null) return 'stanumbers is not a 1-D float4 array of finite numbers';
  const elemtype = slot.elemtype === null ? null : (facts.typeNamed(slot.elemtype) ?? null);
  const values = stavalues === null ? null : readArrayText(stavalues, elemtype?.delimiter);
  if (stavalues !== null && values === null) return 'stavalues is not a 1-D array';
  if (values?.hasNull) return 'stavalues holds NULL';
  return rules.counts({ slot, numbers, values, elemtype, facts });
}

function atLeastValues({ values }: ReadSlot, least: number): Mistake {
  return (values?.length ?? 0) < least ? `stavalues has less than ${least} ${least === 1 ? 'value' : 'values'}` : null;
}

function countOfNumbers({ numbers }: ReadSlot, count: number): Mistake {
  const there = numbers?.length ?? 0;
  return there === count ? null : `stanumbers has ${there} numbers, not ${count}`;
}

function noNumbers({ numbers }: ReadSlot): Mistake {
  return numbers === null ? null : 'it has numbers, and its kind has none';
}

function allFractions(read: ReadSlot): Mistake {
  return allBetween(read, 0, 1);
}

/** Frequencies and correlations are rounded to float4. */
const ROUNDING = 1e-6;

function allBetween({ numbers }: ReadSlot, least: number, most: number): Mistake {
  const stray = numbers?.find((number) => number < least - ROUNDING || number > most + ROUNDING);
  return stray === undefined ? null : `${stray} is not between ${least} and ${most}`;
}

/** What the input function of a type takes and the planner does not. */
function noElement({ slot, elemtype }: ReadSlot, refused: RegExp, what: string): Mistake {
  let found = false;
  if (slot.stavalues !== null)
    readArrayText(slot.stavalues, elemtype?.delimiter, (element) => {
      found ||= refused.test(element);
    });
  return found ? `stavalues holds ${what}` : null;
}
