import { existsSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { Config } from '../../config/index.ts';
import { projectFoldersOf, readText, writeWhole } from '../../files/index.ts';
import { fileError } from '../../model/file-error.ts';
import { counted } from '../../model/text/wording.ts';
import { quoteIdent } from '../../postgres/index.ts';
import { type LeftOut, type NewQuery, newSuite, withQueries } from '../../suite/index.ts';
import type { Context } from '../terminal/context.ts';
import type { Sorted } from './found-queries.ts';

/** Warns that pg_stat_statements hides texts from the role. */
export function warnOfHidden(hidden: number, reader: string, context: Context): void {
  context.progress.warn(
    `the text of ${hidden} ${hidden === 1 ? 'statement' : 'statements'} of other users is hidden from "${reader}"`,
    { hint: `GRANT pg_read_all_stats TO ${quoteIdent(reader)}` },
  );
}

/** The same limit as for reading suites. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Appends the queries to the suite, or creates it. Writes the file whole or not at all, and not if there are no new queries. */
export async function writeQueries(
  path: string,
  added: readonly NewQuery[],
  heading: readonly string[],
): Promise<void> {
  if (added.length === 0) return;
  try {
    const within = projectFoldersOf(dirname(path));
    const source = existsSync(path) ? await readText(path, { within, limit: MAX_BYTES }) : null;
    const text = source === null ? newSuite(heading, added) : withQueries(source, added);
    await writeWhole(path, text, within);
  } catch (cause) {
    throw fileError(shownPath(path), cause, 'suite');
  }
}

/** Prints which queries were added and which were left out, and why. */
export function report(sorted: Sorted, leftOut: LeftOut, path: string, config: Config, context: Context): void {
  const { added, known, refused, untried } = sorted;
  for (const { name, sql, reason } of refused) {
    context.progress.warn(`${name} left out: ${reason}`);
    context.say(indented(sql));
  }
  if (untried.length > 0) {
    context.progress.warn(
      `${counted(untried.length, 'query', 'queries')} added without a test parse: ${untried.join(', ')}`,
      { hint: 'npx regress-pg check reports errors in them.' },
    );
  }
  for (const [reason, count] of [...leftOut].sort((a, b) => b[1] - a[1])) context.say(`left out: ${count} (${reason})`);
  for (const { name } of added) context.print(`  ${name}\n`);
  const file = shownPath(path);
  const counts = `${counted(added.length, 'query', 'queries')} added to ${file}, ${known} already known, ${refused.length} rejected by PostgreSQL`;
  context.print(`${counts}\n`);
  if (added.length === 0) return;
  const inSuites = relative(config.suites, path).split(sep);
  if (inSuites[0] !== '..') context.say(`HINT:  npx regress-pg update ${inSuites.join('/')}`);
  else context.progress.warn(`${file} is not in ${shownPath(config.suites)}, the folder that check reads`);
}

const SHOWN_CHARACTERS = 400;

function indented(sql: string): string {
  const shown = sql.length > SHOWN_CHARACTERS ? `${sql.slice(0, SHOWN_CHARACTERS)} …` : sql;
  return shown.replace(/^/gm, '    ');
}

function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
