import { type Command, Option } from 'commander';
import { contextOf, example, globalOptions, planningOptions, type SetStatus } from './terminal/declaring.ts';
import { toPattern, toSlice } from './terminal/option-values.ts';
import { reporterOption } from './terminal/reporter-option.ts';

/** Declares the commands that plan the branch's queries and never connect to production. */

export function declareRestore(program: Command, setStatus: SetStatus): void {
  program
    .command('restore')
    .description('restore a snapshot into a database that has the schema, so that it plans as production does')
    .option('--target <url>', 'database to restore into (default: target.url, REGRESS_TARGET_URL)')
    .option('--snapshot <directory>', 'snapshot to restore (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config to build the extension with, if the server does not have it')
    .option('--allow-data', 'restore even if tables of the database contain rows')
    .addHelpText(
      'after',
      example('regress restore --target postgresql://postgres@localhost/ci --snapshot snapshots/production'),
    )
    .action(async (_, command: Command) => {
      const { restore } = await import('./restore.ts');
      setStatus(await restore(command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareCheck(program: Command, setStatus: SetStatus): void {
  planningOptions(program.command('check'))
    .argument('[patterns...]', 'queries or suite files to check (default: all)')
    .description("plan the suites with production's statistics and compare with the accepted plans")
    .addOption(reporterOption())
    .option(
      '--against [revision]',
      'compare with the plans of a revision instead of baselines (default: the merge base with the main branch)',
    )
    .addOption(
      new Option(
        '--fail-on <what>',
        'fail on any regression, or only on those this branch caused (default: failOn of the configuration, any)',
      ).choices(['any', 'branch']),
    )
    .option(
      '--baseline-snapshot <directory>',
      "snapshot the baselines were accepted with, to tell the snapshot's changes from the branch's (default: from git)",
    )
    .option('--shard <i/n>', 'plan only part i of n; regress report merges the json results of all parts', toSlice)
    .addHelpText(
      'after',
      example("regress check orders.yaml 'recent-*' --reporter console --reporter json=results.json"),
    )
    .action(async (patterns: string[], _, command: Command) => {
      const { check } = await import('./check.ts');
      setStatus(await check(patterns, command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareReport(program: Command, setStatus: SetStatus): void {
  program
    .command('report')
    .argument('<files...>', 'json results of a check, or of all its shards')
    .description('print stored results with any reporter, and merge shards; exit status as for check')
    .addOption(reporterOption())
    .addHelpText('after', example('regress report shard-*.json --reporter console --reporter junit=junit.xml'))
    .action(async (files: string[], _, command: Command) => {
      const { report } = await import('./report.ts');
      setStatus(await report(files, command.opts(), await contextOf(command)));
    });
}

export function declareUpdate(program: Command, setStatus: SetStatus): void {
  planningOptions(program.command('update'))
    .argument('[patterns...]', 'queries or suite files whose plans to accept')
    .description('accept the plans of the named queries as their baselines')
    .option('--all', 'accept every plan, and remove baselines whose query is gone')
    .option('--interactive', 'show each query with new or changed plans, and ask')
    .option('--reason <text>', 'why the change is wanted; stored in the baseline')
    .option('--from <file>', 'accept the plans in json results of check, without PostgreSQL')
    .option('--allow-ci', 'write baselines even in CI')
    .addHelpText('after', example("regress update recent-orders --reason 'the new index serves the dashboard'"))
    .action(async (patterns: string[], _, command: Command) => {
      const { update } = await import('./update.ts');
      setStatus(await update(patterns, command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareNoise(program: Command, setStatus: SetStatus): void {
  program
    .command('noise')
    .argument('<snapshots...>', 'two or more snapshots of the same data, each taken after its own ANALYZE')
    .description(
      "record in each baseline how much its figures vary with ANALYZE's random sample, so that checks do not fail on noise",
    )
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL for the throwaway server')
    .option('--allow-data', 'use the target even if its tables contain rows')
    .option('--no-prepare-run', 'refuse commands in target.prepare; allow only SQL files')
    .option('--allow-ci', 'write baselines even in CI')
    .addHelpText('after', example('regress noise snapshots/production /tmp/again-1 /tmp/again-2 /tmp/again-3'))
    .action(async (snapshots: string[], _, command: Command) => {
      const { noise } = await import('./noise.ts');
      setStatus(await noise(snapshots, command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareCapture(program: Command, setStatus: SetStatus): void {
  planningOptions(program.command('capture'))
    .argument('<command...>', 'command that runs the tests; it gets PG* and DATABASE_URL of the database')
    .description("run tests on a database with the branch's schema, and add the queries they send to a suite")
    .option('--out <file>', 'suite to add to (default: captured.yaml in the folder of suites)')
    .option('--matching <regex>', 'add only queries whose text matches (case-insensitive)', toPattern)
    .option('--catalogs', "also add queries that read only PostgreSQL's catalogs")
    .addHelpText('after', example('regress capture -- npm test'))
    .action(async (words: string[], _, command: Command) => {
      const { capture } = await import('./collect/capture.ts');
      setStatus(await capture(words, command.opts(), globalOptions(command), await contextOf(command)));
    });
}
