import type { Compared, Output, ParameterUse } from '../../model/sql/parameter-use.ts';
import { CASE_IDEAS, type Case, type CaseIdea, type ParameterValue } from '../../model/suite.ts';
import type { ColumnValues } from './column-values.ts';
import { type Place, type ValuesByIdea, valuesFor } from './parameter-values.ts';
import { undoShape } from './undo.ts';

/** For LIMIT: rows on a page of results. */
const PAGE = '20';

/** The parameters of a query, and where to find their values. */
export interface AutoRequest {
  /** One per parameter, `$1` first. */
  readonly uses: readonly ParameterUse[];
  /** Values from the suite, by the parameter's position. */
  readonly given: readonly (ParameterValue | undefined)[];
  readonly valuesOf: (use: Compared) => ColumnValues | { readonly missing: string };
  /** A parameter, as the query writes it. */
  readonly nameOf: (parameter: number) => string;
}

/** Cases from statistics. If there are none, `unfound` says why for each parameter without a value. */
export interface AutoCases {
  readonly cases: readonly Case[];
  readonly unfound: readonly string[];
}

interface Parameter {
  readonly values: ValuesByIdea;
  /** Compared for equality or with a pattern, so the choice of value matters. */
  readonly chosen: boolean;
  /** The column has no values but the common ones. */
  readonly complete: boolean;
}

/**
 * One case per idea of what an application may ask. All parameters take part in each case, so that cases do not
 * multiply. There are no cases if any parameter has no value.
 */
export function autoCases(request: AutoRequest): AutoCases {
  const unfound: string[] = [];
  const parameters = request.uses.map((use, at): Parameter => {
    const given = request.given[at];
    if (given !== undefined) return fixed(given);
    const found = parameterOf(use, request);
    if (!('missing' in found)) return found;
    unfound.push(`${request.nameOf(use.parameter)}: ${found.missing}`);
    return fixed(null);
  });
  if (unfound.length > 0) return { cases: [], unfound };
  const decides = request.uses.some(({ kind }, at) => kind !== 'output' || request.given[at] !== undefined);
  return { cases: decides ? combined(parameters) : [], unfound };
}

function fixed(value: ParameterValue): Parameter {
  return { values: { common: value }, chosen: false, complete: true };
}

function parameterOf(use: ParameterUse, request: AutoRequest): Parameter | { readonly missing: string } {
  if (use.kind === 'limit') return fixed(PAGE);
  if (use.kind === 'offset') return fixed('0');
  if (use.kind === 'output') return fixed(storedValue(use, request));
  if (use.kind === 'other')
    return { missing: 'the query does not compare it with a column in a way that determines its value' };
  const values = request.valuesOf(use);
  if ('missing' in values) return values;
  const byIdea = valuesFor(use, values, placeOf(use, request.uses));
  const undone = Object.entries(byIdea).map(([idea, value]) => [idea, undoShape(use, value)] as const);
  const found = Object.fromEntries(undone.filter(([, value]) => value !== null));
  if (Object.keys(found).length === 0) {
    return { missing: `the statistics of ${use.column.relname}.${use.column.attname} have no suitable value` };
  }
  return { values: found, chosen: !isRange(use), complete: values.complete };
}

/**
 * A value for a parameter that is only returned or stored. No plan depends on it; it is an ordinary one if the column
 * is known.
 */
function storedValue({ column }: Output, { valuesOf }: AutoRequest): ParameterValue {
  if (column === null) return null;
  const shape = { through: null, plus: 0, before: '', after: '' };
  const values = valuesOf({ parameter: 0, kind: 'compared', column, operator: '=', shape });
  return 'missing' in values ? null : (values.common[0] ?? values.min);
}

function isRange({ operator }: Compared): boolean {
  return ['<', '<=', '>', '>='].includes(operator);
}

function placeOf(use: Compared, uses: readonly ParameterUse[]): Place {
  const same = uses.filter(
    (other): other is Compared =>
      other.kind === 'compared' && JSON.stringify(other.column) === JSON.stringify(use.column),
  );
  const index = same.filter((other) => other.operator === use.operator && other.parameter < use.parameter).length;
  if (!isRange(use)) return { index, end: null };
  const lower = use.operator.startsWith('>');
  const bounded = same.some((other) => isRange(other) && other.operator.startsWith('>') !== lower);
  return { index, end: bounded ? (lower ? 'lower' : 'upper') : null };
}

function combined(parameters: readonly Parameter[]): Case[] {
  const chosen = parameters.some((parameter) => parameter.chosen);
  const ranged = parameters.some(({ values }) => values.median !== undefined);
  const middle: CaseIdea = !chosen && ranged ? 'median' : 'common';
  const cases: Case[] = [];
  for (const idea of CASE_IDEAS) {
    if ((idea === 'common' || idea === 'median') && idea !== middle) continue;
    const showing = parameters.filter(
      (parameter) => parameter.values[idea] !== undefined && shows(idea, parameter, parameters),
    );
    if (showing.length === 0 && idea !== middle) continue;
    const values = parameters.map(
      (parameter) => (showing.includes(parameter) ? parameter.values[idea] : ordinary(parameter)) ?? null,
    );
    const isNew = !cases.some((other) => JSON.stringify(other.values) === JSON.stringify(values));
    if (isNew) cases.push({ name: idea, values, auto: true });
  }
  return cases;
}

/** Whether a parameter takes part in an idea; if not, it has an ordinary value. */
function shows(idea: CaseIdea, parameter: Parameter, all: readonly Parameter[]): boolean {
  if (idea !== 'absent') return true;
  // For example, a new tenant asks for a known status within the usual period.
  const better = all.filter(({ values, chosen, complete }) => values.absent !== undefined && chosen && !complete);
  if (better.length > 0) return better.includes(parameter);
  return parameter.chosen || !all.some(({ values, chosen }) => chosen && values.absent !== undefined);
}

function ordinary({ values }: Parameter): ParameterValue | undefined {
  return values.common ?? values.median ?? Object.values(values)[0];
}
