import type { Compared } from '../../model/sql/parameter-use.ts';
import type { CaseIdea, ParameterValue } from '../../model/suite.ts';
import type { ColumnValues } from './column-values.ts';
import { valueBeyond } from './type-family.ts';

/** A parameter's values, by the idea each stands for; an idea that the column cannot show is left out. */
export type ValuesByIdea = Readonly<Partial<Record<CaseIdea, ParameterValue>>>;

/** Elements of a list: as many as PostgreSQL assumes where it does not know the list (estimate_array_length, selfuncs.c). */
const LIST_LENGTH = 10;

/** Characters of a pattern's beginning. */
const PREFIX_LENGTH = 3;

/** Where a parameter stands among others. */
export interface Place {
  /** How many parameters before it are compared for equality with the same column: each gets another value. */
  readonly index: number;
  /** With another parameter it bounds a window of the column: it is the lower or the upper end. */
  readonly end: 'lower' | 'upper' | null;
}

/** Values for a parameter that is compared with a column, before what the query does with them is undone. */
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
    // Where no two rows are alike, all values are to the planner.
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

/** A part of the range between two bounds of the histogram, so that it holds as many rows wherever it lies; and all of it. */
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

/** A value no row has, above all known ones. */
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

/** So many of a list, evenly spread over it. */
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
