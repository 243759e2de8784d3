/** A part of SQL text and its kind. Everything without a kind of its own is `text`. */
export interface SqlToken {
  readonly kind: 'text' | 'keyword' | 'string' | 'comment' | 'parameter' | 'number';
  readonly text: string;
}

const KEYWORDS = new Set(
  `all and any array as asc between by case cast coalesce conflict cross cube current delete desc distinct do else end
  except exists false fetch filter first following for from full group grouping having ilike in inner insert intersect
  interval into is join last lateral left like limit materialized merge natural not null nulls offset on only or order
  outer over partition preceding range recursive returning right rollup row rows select set sets similar some table
  tablesample then ties to true unbounded union unnest update using values when where window with within`.split(/\s+/),
);

const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\3\$|$))|(?<parameter>\$\d+|(?<![:\w]):[A-Za-z_]\w*)|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_]\w*)/g;

/** Splits SQL for highlighting only. Joined, the parts are the SQL again. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let plain = '';
  const add = (kind: SqlToken['kind'], text: string) => {
    if (plain !== '') tokens.push({ kind: 'text', text: plain });
    plain = '';
    tokens.push({ kind, text });
  };
  let from = 0;
  for (const match of sql.matchAll(TOKEN)) {
    plain += sql.slice(from, match.index);
    const [text] = match;
    const { comment, string, parameter, number, word } = match.groups ?? {};
    if (word !== undefined) {
      if (KEYWORDS.has(word.toLowerCase())) add('keyword', text);
      else plain += text;
    } else if (comment !== undefined) add('comment', text);
    else if (string !== undefined) add('string', text);
    else if (parameter !== undefined) add('parameter', text);
    else if (number !== undefined) add('number', text);
    from = match.index + text.length;
  }
  plain += sql.slice(from);
  if (plain !== '') tokens.push({ kind: 'text', text: plain });
  return tokens;
}
