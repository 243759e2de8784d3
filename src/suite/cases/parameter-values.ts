import type { Compared } from '../../model/sql/parameter-use.ts';
import type { CaseIdea, ParameterValue } from '../../model/suite.ts';
import type { ColumnValues } from './column-values.ts';
import { valueBeyond } from './type-family.ts';

/** A parameter's value for each idea. An idea that the column has no value for is left out. */
export type ValuesByIdea = Readonly<Partial<Record<CaseIdea, ParameterValue>>>;

/** Number of elements in a list; PostgreSQL assumes as many for an unknown list (estimate_array_length, selfuncs.c). */
const LIST_LENGTH = 10;

/** Number of characters before the wildcard of a pattern. */
const PREFIX_LENGTH = 3;

/** How a parameter relates to others that are compared with the same column. */
export interface Place {
  /**
   * Number of earlier parameters that are compared with the same column by the same operator; each gets another value.
   */
  readonly index: number;
  /** The end of a range of the column that it bounds together with another parameter; null if it does not. */
  readonly end: 'lower' | 'upper' | null;
}

/** Values that the query should compare with the column; undoShape turns them into values of the parameter. */
export function valuesFor({ operator }: Compared, values: ColumnValues, place: Place): ValuesByIdea {
  switch (operator) {
    case '=':
      return equalityValues(values, place.index);
    case 'any':
      return listValues(values);
    case 'like':
      return prefixValues(values);
    case 'element':
      return elementValues(values, (element) => element);
    case 'array':
      return elementValues(values, (element) => [element]);
    default:
      return place.end === null ? rangeValues(values, operator) : windowValues(values, place.end);
  }
}

function equalityValues(values: ColumnValues, index: number): ValuesByIdea {
  const { common, bounds, unique } = values;
  const ordinary = bounds[Math.min(middle(bounds) + index, bounds.length - 1)] ?? values.min;
  return present({
    common: common[index] ?? ordinary,
    rare:
      common.length > 1
        ? (common[common.length - 1 - index] ?? null)
        : common.length === 1
          ? (bounds[middle(bounds) + index] ?? null)
          : null,
    // For the planner, all values of a unique column are equal.
    absent: unique ? null : aboveAll(values, index + 1),
  });
}

function listValues(values: ColumnValues): ValuesByIdea {
  const { common, bounds, unique } = values;
  const half = Math.ceil(common.length / 2);
  const ordinary = spread(bounds.length > 0 ? bounds : known([values.min, values.max]), LIST_LENGTH);
  const rare =
    common.length > 1 ? common.slice(half).slice(-LIST_LENGTH).reverse() : common.length === 1 ? ordinary : [];
  const absent = unique ? [] : known(Array.from({ length: LIST_LENGTH }, (_, at) => aboveAll(values, at + 1)));
  const lists = { common: common.length > 0 ? common.slice(0, Math.min(half, LIST_LENGTH)) : ordinary, rare, absent };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function rangeValues(values: ColumnValues, operator: Compared['operator']): ValuesByIdea {
  const { family, min, max } = values;
  const upwards = operator === '>' || operator === '>=';
  const end = upwards ? max : min;
  return present({
    median: inTheMiddle(values),
    first: min,
    last: max,
    absent: end === null ? null : valueBeyond(family, end, upwards ? 1 : -1),
  });
}

/**
 * A window between two histogram bounds, so that it holds equally many rows wherever it is; for `wide`, the whole
 * range.
 */
function windowValues(values: ColumnValues, end: 'lower' | 'upper'): ValuesByIdea {
  const { bounds, min, max } = values;
  const pick = ([lower, upper]: readonly (string | null | undefined)[]) => (end === 'lower' ? lower : upper) ?? null;
  const at = Math.min(middle(bounds), Math.max(bounds.length - 2, 0));
  return present({
    median: bounds.length > 1 ? pick([bounds[at], bounds[at + 1]]) : inTheMiddle(values),
    first: pick([min, bounds[1] ?? min]),
    last: pick([bounds.at(-2) ?? max, max]),
    wide: pick([min, max]),
    absent: aboveAll(values, end === 'lower' ? 1 : 2),
  });
}

function prefixValues(values: ColumnValues): ValuesByIdea {
  const { common, bounds, family } = values;
  if (family !== 'text') return {};
  const ordinary = bounds[middle(bounds)] ?? values.min;
  const first = common[0] ?? ordinary;
  return present({
    common: first && [...first].slice(0, PREFIX_LENGTH).join(''),
    rare: common.length > 1 ? (common.at(-1) ?? null) : ordinary,
    absent: aboveAll(values, 1),
  });
}

function elementValues({ elements }: ColumnValues, of: (element: string) => ParameterValue): ValuesByIdea {
  const [first, last] = [elements[0], elements.at(-1)];
  return {
    ...(first !== undefined && { common: of(first) }),
    ...(last !== undefined && elements.length > 1 && { rare: of(last) }),
  };
}

/** A value that no row has, above all known ones. */
function aboveAll({ family, max, common }: ColumnValues, steps: number): string | null {
  const value = max === null ? null : valueBeyond(family, max, steps);
  return value !== null && common.includes(value) ? null : value;
}

function inTheMiddle({ bounds, common, min }: ColumnValues): string | null {
  return bounds[middle(bounds)] ?? common[0] ?? min;
}

function middle(list: readonly unknown[]): number {
  return Math.floor(list.length / 2);
}

/** Picks `length` elements, evenly spread over the list. */
function spread(list: readonly string[], length: number): string[] {
  const picked = Array.from({ length }, (_, at) => list[Math.floor(((at + 0.5) * list.length) / length)]);
  return [...new Set(known(picked))];
}

function known(list: readonly (string | null | undefined)[]): string[] {
  return list.filter((value) => value !== null && value !== undefined);
}

function present(values: Partial<Record<CaseIdea, string | null | undefined>>): ValuesByIdea {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
