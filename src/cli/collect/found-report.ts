import { existsSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { Config } from '../../config/index.ts';
import { boundsOf, readText, writeWhole } from '../../files/index.ts';
import { fileError } from '../../model/file-error.ts';
import { counted } from '../../model/text/wording.ts';
import { quoteIdent } from '../../postgres/index.ts';
import { type LeftOut, type NewQuery, newSuite, withQueries } from '../../suite/index.ts';
import type { Context } from '../terminal/context.ts';
import type { Sorted } from './found-queries.ts';

/** Says that pg_stat_statements keeps texts from the role. */
export function warnOfHidden(hidden: number, reader: string, context: Context): void {
  context.progress.warn(
    `the text of ${hidden} ${hidden === 1 ? 'statement' : 'statements'} of other users is hidden from "${reader}"`,
    { hint: `GRANT pg_read_all_stats TO ${quoteIdent(reader)}` },
  );
}

/** As suites are read. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Adds the queries to the suite, or makes it; the file appears whole or not at all. Nothing is written where none is new. */
export async function writeQueries(
  path: string,
  added: readonly NewQuery[],
  heading: readonly string[],
): Promise<void> {
  if (added.length === 0) return;
  try {
    const within = boundsOf(dirname(path));
    const source = existsSync(path) ? await readText(path, { within, limit: MAX_BYTES }) : null;
    const text = source === null ? newSuite(heading, added) : withQueries(source, added);
    await writeWhole(path, text, within);
  } catch (cause) {
    throw fileError(shownPath(path), cause, 'suite');
  }
}

/** Says what was added and what was left out, and why. */
export function report(sorted: Sorted, leftOut: LeftOut, path: string, config: Config, context: Context): void {
  const { added, known, refused, untried } = sorted;
  for (const { name, sql, reason } of refused) {
    context.progress.warn(`${name} left out: ${reason}`);
    context.say(indented(sql));
  }
  if (untried.length > 0) {
    context.progress.warn(`could not try whether PostgreSQL plans ${untried.join(', ')}; check will say`);
  }
  for (const [reason, count] of [...leftOut].sort((a, b) => b[1] - a[1])) context.say(`left out: ${count} (${reason})`);
  for (const { name } of added) context.print(`  ${name}\n`);
  const file = shownPath(path);
  const counts = `${counted(added.length, 'query', 'queries')} added to ${file}, ${known} known already, ${refused.length} that PostgreSQL does not take`;
  context.print(`${counts}\n`);
  if (added.length === 0) return;
  const inSuites = relative(config.suites, path).split(sep);
  if (inSuites[0] !== '..') context.say(`HINT:  regress update ${inSuites.join('/')}`);
  else context.progress.warn(`${file} is not below ${shownPath(config.suites)}, where check looks`);
}

const SHOWN_CHARACTERS = 400;

function indented(sql: string): string {
  const shown = sql.length > SHOWN_CHARACTERS ? `${sql.slice(0, SHOWN_CHARACTERS)} …` : sql;
  return shown.replace(/^/gm, '    ');
}

function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
