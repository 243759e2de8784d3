import { uncheckedProjects } from '../../model/result.ts';
import { counted } from '../../model/text/wording.ts';
import type { PageData } from '../formats/html-data.ts';
import { findingList } from './detail.ts';
import { carried, h, name } from './dom.ts';
import { themeChoice } from './theme.ts';

/** The head of the page: the outcome in a sentence, and the facts of the run. */
export function header(data: PageData, showKeys: () => void): HTMLElement {
  const { startedAt } = data;
  const server = data.facts.find(([label]) => label === 'Server')?.[1] ?? 'PostgreSQL';
  const time = h('time', { datetime: startedAt }, startedAt.replace('T', ' ').replace(/\..*$/, ' UTC'));
  return h(
    'header',
    {},
    h(
      'div',
      { class: 'masthead' },
      h('h1', { class: toneOf(data) }, verdictOf(data)),
      h(
        'div',
        { class: 'tools' },
        themeChoice(),
        h('button', { type: 'button', class: 'quiet', click: showKeys }, 'Keys', h('kbd', {}, '?')),
      ),
    ),
    h('p', { class: 'dim' }, name(server), `, regress ${data.regress}, `, time),
    h(
      'details',
      { class: 'run', open: hasNews(data) },
      h('summary', {}, 'About this run'),
      runFacts(data),
      unmetConditions(data),
      data.notes.length > 0 && findingList(data.notes),
    ),
  );
}

/** The foot of the page: licences of the software in the file. */
export function footer(): HTMLElement {
  const text = h('pre', { class: 'licences', tabindex: 0 });
  const box = h(
    'details',
    {
      toggle: () => {
        if (text.textContent === '') text.textContent = carried<string>('licences');
      },
    },
    h('summary', {}, 'pev2 draws the pictures of plans. Licences of the software in this file'),
    text,
  );
  return h('footer', {}, box);
}

/** Red only if the build fails. */
function toneOf(data: PageData): string {
  const { summary, uncounted } = data;
  const bad = summary.failed + summary.errored;
  if (uncheckedProjects(data).length > 0) return 'bad';
  if (bad === 0) return 'good';
  return uncounted === bad ? 'warn' : 'bad';
}

function verdictOf(data: PageData): string {
  const unchecked = uncheckedProjects(data).length;
  if (unchecked === 0) return planVerdict(data);
  return `${unchecked} ${unchecked === 1 ? 'project' : 'projects'} could not be checked. ${planVerdict(data)}`;
}

function planVerdict({ summary: { queries, failed, errored, warned }, uncounted }: PageData): string {
  const outcomes = [[failed, 'failed'] as const, [errored, 'could not be planned'] as const];
  const bad = outcomes.filter(([count]) => count > 0);
  if (bad.length > 0) {
    const parts = bad.map(
      ([count, what], at) => `${count}${at === 0 ? ` of ${counted(queries, 'query', 'queries')}` : ''} ${what}`,
    );
    return `${parts.join(', ')}${excuse(uncounted, failed + errored)}`;
  }
  if (queries === 0) return 'No query was planned';
  if (warned > 0)
    return `${warned} of ${counted(queries, 'query', 'queries')} ${warned === 1 ? 'has' : 'have'} warnings, none failed`;
  return queries === 1 ? 'The plan is as accepted' : `All ${queries} plans are as accepted`;
}

function excuse(uncounted: number, bad: number): string {
  if (uncounted === 0) return '';
  return uncounted === bad ? ', none caused by this branch' : `, ${uncounted} of them not caused by this branch`;
}

/** True if the facts of the run open by themselves: for unmet conditions and notes. */
function hasNews({ conditions, notes }: PageData): boolean {
  return conditions.length + notes.length > 0;
}

/** The facts of the run. A fact without a name continues the one above. */
function runFacts({ facts }: PageData): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...facts.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, name(value)))),
  );
}

function unmetConditions({ conditions }: PageData): HTMLElement | null {
  if (conditions.length === 0) return null;
  return h(
    'ul',
    { class: 'findings' },
    ...conditions.map(({ message, effect, hint }) =>
      h(
        'li',
        { class: 'warn' },
        h('span', { class: 'badge warn' }, 'warn'),
        h(
          'div',
          {},
          h('p', {}, name(message)),
          h('p', { class: 'dim' }, name(effect)),
          hint !== undefined && h('p', { class: 'hint' }, 'hint: ', h('code', {}, hint)),
        ),
      ),
    ),
  );
}
