import { Document, isMap, isNode, isSeq, parseDocument, Scalar, visit, YAMLSeq } from 'yaml';

/** A query to write into a suite. */
export interface NewQuery {
  readonly name: string;
  readonly sql: string;
  readonly generic: boolean;
  /** Milliseconds. */
  readonly stats?: { readonly calls: number; readonly mean_exec_time: number } | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Lines of the comment above the query. */
  readonly notes: readonly string[];
}

/**
 * The text of a YAML suite with queries added at the end of its list. Keeps every existing byte, unless the list is in
 * brackets or unusual keys follow it. Then it keeps comments and order, but spacing may change.
 */
export function withQueries(source: string, queries: readonly NewQuery[]): string {
  if (queries.length === 0) return source;
  return appended(source, queries) ?? rewritten(source, queries);
}

/** The text of a new suite, with a comment at its top. */
export function newSuite(heading: readonly string[], queries: readonly NewQuery[]): string {
  return `${heading.map((line) => `# ${line}\n`).join('')}queries:\n${blockOf(queries, 2)}`;
}

/**
 * Inserts the text of the new items after the last item. Null if the result would not parse as the old list plus the
 * new items.
 */
function appended(source: string, queries: readonly NewQuery[]): string | null {
  const list = parseDocument(source).get('queries', true);
  if (!isSeq(list) || list.flow || list.items.length === 0) return null;
  const [first, last] = [list.items[0], list.items.at(-1)];
  const [from, to] = [isNode(first) ? first.range?.[0] : undefined, isNode(last) ? last.range?.[1] : undefined];
  if (from == null || to == null) return null;
  const dash = source.slice(source.lastIndexOf('\n', from) + 1, from);
  const indent = dash.search(/-/);
  if (indent < 0 || dash.slice(0, indent).trim() !== '') return null;
  const lineEnd = source[to - 1] === '\n' ? to : source.indexOf('\n', to) + 1;
  const end = lineEnd === 0 ? source.length : lineEnd;
  const before = source.slice(0, end);
  const glue = before === '' || before.endsWith('\n') ? '' : '\n';
  const gap = /\n[ \t]*\r?\n[ \t]*-/.test(source.slice(from, end)) || list.items.length === 1 ? '\n' : '';
  const rest = source.slice(end);
  const text = `${before}${glue}${gap}${blockOf(queries, indent)}${rest}`;
  return holds(text, source, queries) ? text : null;
}

function holds(text: string, source: string, queries: readonly NewQuery[]): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0) return false;
  const expected = rewritten(source, queries);
  return JSON.stringify(document.toJS()) === JSON.stringify(parseDocument(expected).toJS());
}

function rewritten(source: string, queries: readonly NewQuery[]): string {
  const document = parseDocument(source);
  const list = document.get('queries', true);
  if (document.contents !== null && !isMap(document.contents)) return source;
  if (!isSeq(list)) document.set('queries', new YAMLSeq());
  const items = document.get('queries', true) as YAMLSeq;
  items.flow = false;
  for (const query of queries) items.add(itemOf(document, query));
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** The items of a list as text, each line indented. */
function blockOf(queries: readonly NewQuery[], indent: number): string {
  const document = new Document([]);
  const list = document.contents as unknown as YAMLSeq;
  for (const query of queries) list.add(itemOf(document, query));
  const text = document.toString({ lineWidth: 0 });
  return text.replace(/^\n+/, '').replace(/^(?=.)/gm, ' '.repeat(indent));
}

function itemOf(document: Document, { name, sql, generic, stats, tags, notes }: NewQuery) {
  const item = document.createNode({
    name,
    sql,
    ...(generic && { generic }),
    ...(stats && { stats }),
    ...(Object.keys(tags).length > 0 && { tags }),
  });
  visit(item, {
    Pair: (_, { key, value }) => {
      const isOneLine = key instanceof Scalar && (key.value === 'stats' || key.value === 'tags');
      if (isOneLine && isMap(value)) value.flow = true;
      if (key instanceof Scalar && key.value === 'sql' && value instanceof Scalar) value.type = Scalar.BLOCK_LITERAL;
    },
  });
  if (notes.length > 0) item.commentBefore = notes.map((note) => ` ${note}`).join('\n');
  item.spaceBefore = true;
  return item;
}
