import { comparePlans } from '../../compare/index.ts';
import { formatCount, formatMeanTime } from '../../model/plans/figures.ts';
import type { PageData, PageEntry, PagePlans } from '../formats/html-data.ts';
import { carried, h, name } from './dom.ts';
import { costBars } from './plan/costs.ts';
import { type Drawable, pictures } from './plan/picture.ts';
import { differenceTable, planTable } from './plan/plan-table.ts';
import { sqlTokens } from './plan/sql-tokens.ts';

/** Characters of SQL that are coloured. Hundreds of thousands of coloured words would be slow. */
const MAX_COLOURED = 20_000;

/** The details of one planned query, made when it is unfolded. `at` is its index in the file. */
export function detailOf(entry: PageEntry, at: number, data: PageData): HTMLElement {
  const plans = carried<PagePlans>(`plans-${at}`);
  const sql = data.sql[entry.sql] ?? '';
  const bars = costBars(entry, data.before);
  const top = h('div', { class: 'detail-top' }, findingsOf(entry), h('div', { class: 'aside' }, bars, factsOf(entry)));
  const drawables = drawablesOf(plans, data.before);
  return h(
    'div',
    { class: 'detail' },
    top,
    plansOf(plans, data.before),
    sqlOf(sql, entry),
    drawables.length > 0 && pictures(drawables, sql),
    settingsOf(entry, data),
  );
}

/** Findings with severity, message, details and hints. A text that several findings share is shown once. */
export function findingList(findings: PageEntry['findings']): HTMLElement {
  const seen = new Set<string>();
  const isNew = (text: string | undefined): text is string => {
    if (text === undefined || text === '' || seen.has(text)) return false;
    seen.add(text);
    return true;
  };
  const items = findings.map(({ severity, message, code, detail, hint, standing }) => {
    const standingNote = standing ? ' (the revision has it too)' : '';
    const details = (detail ?? '').split('\n').filter(isNew);
    return h(
      'li',
      { class: severity },
      h('span', { class: `badge ${severity}` }, severity),
      h(
        'div',
        {},
        h('p', {}, name(message), ' ', h('code', { class: 'code' }, code), standingNote),
        ...details.map((line) => h('p', { class: 'dim' }, name(line))),
        isNew(hint) && h('p', { class: 'hint' }, 'hint: ', h('code', {}, hint)),
      ),
    );
  });
  return h('ul', { class: 'findings' }, ...items);
}

function findingsOf({ findings }: PageEntry): HTMLElement {
  const none = h('p', { class: 'dim' }, 'No findings: the plan is as accepted.');
  return h('section', { 'aria-label': 'Findings' }, findings.length === 0 ? none : findingList(findings));
}

function factsOf({
  values,
  baselineValues,
  stats,
  production,
  deviation,
  branchStatus,
  status,
  changedBy,
}: PageEntry): HTMLElement {
  const calls = stats?.calls === undefined ? [] : [`${formatCount(stats.calls)} calls`];
  const time = stats?.mean_exec_time === undefined ? [] : [formatMeanTime(stats.mean_exec_time)];
  const facts: readonly (readonly [string, string | null])[] = [
    ['Values', values],
    ['Earlier values', baselineValues === values ? null : baselineValues],
    ['In production', [...calls, ...time].join(' of ') || null],
    [
      "Production's plan",
      production === null ? deviation : `${production}${deviation === null ? '' : ` (${deviation})`}`,
    ],
    ['Changed by', changedBy],
    ['With the branch alone', branchStatus === undefined || branchStatus === status ? null : branchStatus],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return h(
    'dl',
    { class: 'facts' },
    ...known.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, name(value ?? '')))),
  );
}

function plansOf({ baseline, current }: PagePlans, before: string): HTMLElement | null {
  if (current === null) {
    return baseline === null || baseline === 'same' ? null : planTable(baseline, `${before}; there is no plan now`);
  }
  if (baseline === null) return planTable(current, `now; ${before} has no plan`);
  if (baseline === 'same') return planTable(current, `now, equal to ${before}`);
  return differenceTable(comparePlans(baseline, current), before);
}

function drawablesOf({ baseline, current }: PagePlans, before: string): readonly Drawable[] {
  return [
    ...(baseline === null || baseline === 'same' ? [] : [{ title: before, plan: baseline }]),
    ...(current === null ? [] : [{ title: 'now', plan: current }]),
  ];
}

function sqlOf(sql: string, { file, line }: PageEntry): HTMLElement {
  const isLong = sql.length > MAX_COLOURED;
  const parts = isLong
    ? [sql]
    : sqlTokens(sql).map(({ kind, text }) => (kind === 'text' ? text : h('span', { class: `sql-${kind}` }, text)));
  // Focusable, so that arrow keys can scroll it.
  const text = h('pre', { class: 'sql', tabindex: 0, 'aria-label': 'SQL', dir: 'ltr' }, ...parts);
  const size = isLong ? `, ${formatCount(sql.length)} characters` : '';
  const head = h(
    'div',
    { class: 'section-head' },
    h('h4', {}, 'SQL'),
    h('span', { class: 'dim' }, name(`${file}:${line}`), size),
  );
  return h('section', { 'aria-label': 'Query' }, head, text);
}

function settingsOf({ settings: own = {} }: PageEntry, { settings }: PageData): HTMLElement {
  const all = { ...settings, ...own };
  const names = Object.keys(all).sort((a, b) => Number(b in own) - Number(a in own) || (a < b ? -1 : 1));
  const ownCount = Object.keys(own).length;
  const table = h(
    'table',
    { class: 'settings' },
    ...names.map((key) =>
      h(
        'tr',
        { class: key in own ? 'own' : null },
        h('th', { scope: 'row' }, name(key)),
        h('td', {}, name(all[key] ?? '')),
      ),
    ),
  );
  const note = ownCount === 0 ? '' : `, ${ownCount} set by this query`;
  return h('details', { class: 'settings-box' }, h('summary', {}, `Settings (${names.length}${note})`), table);
}
