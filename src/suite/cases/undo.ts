import type { Compared, ValueShape } from '../../model/sql/parameter-use.ts';
import type { ParameterValue } from '../../model/suite.ts';
import { familyOf, valueBeyond } from './type-family.ts';

/** The parameter's value that makes the query compare the column with `value`; null if there is none. */
export function undoShape({ operator, shape }: Compared, value: ParameterValue): ParameterValue {
  if (Array.isArray(value)) return value.map((each) => undoShape({ operator, shape } as Compared, each));
  if (typeof value !== 'string') return value;
  const same = withFunction(shape, value);
  if (operator === 'like') return pattern(shape, same);
  return shape.plus === 0 ? same : minus(same, shape.plus);
}

function withFunction({ through }: ValueShape, value: string): string {
  if (through === 'lower') return value.toLowerCase();
  return through === 'upper' ? value.toUpperCase() : value;
}

/** Escapes wildcards in the value. Appends one if the query does not add any. */
function pattern({ before, after }: ValueShape, value: string): string {
  const escaped = value.replaceAll(/[\\%_]/g, '\\$&');
  return before === '' && after === '' ? `${escaped}%` : escaped;
}

function minus(value: string, amount: number): string | null {
  const family = /^-?\d+$/.test(value) ? 'integer' : /^-?[\d.]+$/.test(value) ? 'number' : familyOf('date');
  return valueBeyond(family, value, -amount);
}
