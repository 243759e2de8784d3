import { type Command, Option } from 'commander';
import { contextOf, type Ends, example, globals, planningOptions } from './terminal/declaring.ts';
import { toPattern, toSlice } from './terminal/option-values.ts';
import { reporterOption } from './terminal/reporter-option.ts';

/** Declares the commands that work with plans of the branch and never ask production. */

export function declareRestore(program: Command, ends: Ends): void {
  program
    .command('restore')
    .description('put a snapshot into a database that has the schema, so that it plans as production does')
    .option('--target <url>', 'database to write (default: target.url, REGRESS_TARGET_URL)')
    .option('--snapshot <directory>', 'snapshot to restore (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config the extension is built with where the server has none installed')
    .option('--allow-data', 'write also to a database whose tables hold rows')
    .addHelpText(
      'after',
      example('regress restore --target postgresql://postgres@localhost/ci --snapshot snapshots/production'),
    )
    .action(async (_, command: Command) => {
      const { restore } = await import('./restore.ts');
      ends(await restore(command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareCheck(program: Command, ends: Ends): void {
  planningOptions(program.command('check'))
    .argument('[patterns...]', 'queries or suite files to check (default: all)')
    .description('plan the suites with the statistics of production and compare with the accepted plans')
    .addOption(reporterOption())
    .option(
      '--against [revision]',
      'compare with the plans of a revision instead of baselines (default: the merge base with the main branch)',
    )
    .addOption(
      new Option(
        '--fail-on <what>',
        'what makes the exit status 1 (default: failOn of the configuration, any)',
      ).choices(['any', 'branch']),
    )
    .option(
      '--baseline-snapshot <directory>',
      'snapshot of the baselines, to tell what it changed (default: found in the history of git)',
    )
    .option('--shard <i/n>', 'plan one of n parts of the queries; regress report merges their json results', toSlice)
    .addHelpText(
      'after',
      example("regress check orders.yaml 'recent-*' --reporter console --reporter json=results.json"),
    )
    .action(async (patterns: string[], _, command: Command) => {
      const { check } = await import('./check.ts');
      ends(await check(patterns, command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareReport(program: Command, ends: Ends): void {
  program
    .command('report')
    .argument('<files...>', 'results of a check, or of all its shards, as the json reporter wrote them')
    .description('render stored results by any reporter, and merge shards; ends with the exit status of check')
    .addOption(reporterOption())
    .addHelpText('after', example('regress report shard-*.json --reporter console --reporter junit=junit.xml'))
    .action(async (files: string[], _, command: Command) => {
      const { report } = await import('./report.ts');
      ends(await report(files, command.opts(), await contextOf(command)));
    });
}

export function declareUpdate(program: Command, ends: Ends): void {
  planningOptions(program.command('update'))
    .argument('[patterns...]', 'queries or suite files whose plans are accepted')
    .description('accept the plans of the named queries as their baselines')
    .option('--all', 'accept every plan, and remove baselines that have no query any more')
    .option('--interactive', 'show each query whose plans are new or changed, and ask')
    .option('--reason <text>', 'why the change is wanted; kept in the baseline')
    .option('--from <file>', 'accept the plans of a JSON report of check; nothing is planned, no PostgreSQL is needed')
    .option('--allow-ci', 'write baselines also in CI')
    .addHelpText('after', example("regress update recent-orders --reason 'the new index serves the dashboard'"))
    .action(async (patterns: string[], _, command: Command) => {
      const { update } = await import('./update.ts');
      ends(await update(patterns, command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareNoise(program: Command, ends: Ends): void {
  program
    .command('noise')
    .argument('<snapshots...>', 'two or more snapshots of the same data, with an ANALYZE before each')
    .description(
      'keep with each baseline how far its figures move by the luck of ANALYZE, so that no check fails of it',
    )
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL of the throwaway server')
    .option('--allow-data', 'use also a database whose tables hold rows')
    .option('--no-prepare-run', 'refuse commands of target.prepare: the schema is built from SQL alone')
    .option('--allow-ci', 'write baselines also in CI')
    .addHelpText('after', example('regress noise snapshots/production /tmp/again-1 /tmp/again-2 /tmp/again-3'))
    .action(async (snapshots: string[], _, command: Command) => {
      const { noise } = await import('./noise.ts');
      ends(await noise(snapshots, command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareCapture(program: Command, ends: Ends): void {
  planningOptions(program.command('capture'))
    .argument('<command...>', 'what runs the tests; it gets PG* and DATABASE_URL of the database')
    .description('run tests on a database of the branch and add the queries they sent to a suite; changes nothing else')
    .option('--out <file>', 'suite to write (default: captured.yaml in the folder of suites)')
    .option('--matching <regex>', 'take only queries whose text matches, whatever its case', toPattern)
    .option('--catalogs', "take also queries that read no table but PostgreSQL's catalogs")
    .addHelpText('after', example('regress capture -- npm test'))
    .action(async (words: string[], _, command: Command) => {
      const { capture } = await import('./collect/capture.ts');
      ends(await capture(words, command.opts(), globals(command), await contextOf(command)));
    });
}
