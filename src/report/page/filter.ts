import type { Status } from '../../model/result.ts';
import type { PageData, PageEntry } from '../formats/html-data.ts';

export type Order = 'worst' | 'suite' | 'name' | 'ratio' | 'cost';

/** A filter of the list. An empty text or set matches everything. */
export interface Filter {
  readonly text: string;
  readonly verdicts: readonly Status[];
  readonly cause: string;
  readonly table: string;
  readonly finding: string;
  readonly order: Order;
}

export const NO_FILTER: Filter = { text: '', verdicts: [], cause: '', table: '', finding: '', order: 'worst' };

/** The cause of a changed entry without a known cause. */
export const NO_CAUSE = 'none';

const VERDICTS: readonly Status[] = ['error', 'fail', 'warn', 'ok'];
const ORDERS: readonly Order[] = ['worst', 'suite', 'name', 'ratio', 'cost'];

/** Returns a function that is true for entries that match a filter. The searched texts are prepared once. */
export function createMatcher({
  entries,
  sql,
}: Pick<PageData, 'entries' | 'sql'>): (entry: PageEntry, filter: Filter) => boolean {
  const texts = new Map<PageEntry, string>();
  const textOf = (entry: PageEntry) => {
    const known = texts.get(entry) ?? searched(entry, sql[entry.sql] ?? '');
    texts.set(entry, known);
    return known;
  };
  if (entries.length === 0) return () => false;
  return (entry, filter) => {
    if (filter.verdicts.length > 0 && !filter.verdicts.includes(entry.status)) return false;
    if (filter.cause !== '' && !causesOf(entry).includes(filter.cause)) return false;
    if (filter.table !== '' && !entry.tables.includes(filter.table)) return false;
    if (filter.finding !== '' && !entry.findings.some(({ code }) => code === filter.finding)) return false;
    const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length === 0 || words.every((word) => textOf(entry).includes(word));
  };
}

/** Causes of an entry; NO_CAUSE if it is not ok and has no known cause. */
export function causesOf({ causes, status }: PageEntry): readonly string[] {
  return causes.length > 0 ? causes : status === 'ok' ? [] : [NO_CAUSE];
}

/** Counts the entries of each value, the most frequent first. */
export function countsOf(
  entries: readonly PageEntry[],
  values: (entry: PageEntry) => readonly string[],
): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    for (const value of new Set(values(entry))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Sorts entries, which are given the worst first. */
export function ordered(entries: readonly PageEntry[], order: Order): readonly PageEntry[] {
  const compare: Readonly<Record<Order, (a: PageEntry, b: PageEntry) => number>> = {
    worst: () => 0,
    suite: (a, b) => a.place - b.place,
    name: (a, b) => a.query.localeCompare(b.query) || a.place - b.place,
    ratio: (a, b) => ratioOf(b) - ratioOf(a),
    cost: (a, b) => (b.currentCost ?? 0) - (a.currentCost ?? 0),
  };
  return [...entries].sort(compare[order]);
}

/** New cost divided by old cost; 1 if one of them is absent. */
export function ratioOf({ baselineCost, currentCost }: PageEntry): number {
  if (baselineCost === null || currentCost === null || baselineCost <= 0) return 1;
  return currentCost / baselineCost;
}

/** Writes a filter as the part of an address after `#`. */
export function toHash(filter: Filter): string {
  const parts = Object.entries(filter).flatMap(([key, value]): [string, string][] => {
    const text = String(value);
    return text === String(NO_FILTER[key as keyof Filter]) ? [] : [[key, text]];
  });
  return new URLSearchParams(parts).toString();
}

/** Reads such a part; ignores unknown keys and values. */
export function fromHash(hash: string): Filter {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (key: keyof Filter) => given.get(key) ?? '';
  const order = ORDERS.find((known) => known === text('order')) ?? NO_FILTER.order;
  const wanted = text('verdicts').split(',');
  const verdicts = VERDICTS.filter((verdict) => wanted.includes(verdict));
  return { text: text('text'), verdicts, cause: text('cause'), table: text('table'), finding: text('finding'), order };
}

function searched(entry: PageEntry, sql: string): string {
  const { suite, query, values, tables, findings } = entry;
  const texts = findings.flatMap(({ code, message, detail }) => [code, message, detail]);
  return [suite, query, entry.case, values, ...tables, ...texts, sql].join('\n').toLowerCase();
}
