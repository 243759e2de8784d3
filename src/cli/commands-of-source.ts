import { type Command, Option } from 'commander';
import type { Forge } from './init/workflow.ts';
import { contextOf, example, globalOptions, planningOptions, type SetStatus } from './terminal/declaring.ts';
import { toCount, toPattern, toRatio } from './terminal/option-values.ts';

/** Declares the commands that read production or prepare for that. */

export function declareInit(program: Command, setStatus: SetStatus): void {
  program
    .command('init')
    .description(
      "write regress.yaml, an example suite and a CI workflow; prompts for anything you don't pass as an option. Or print the SQL for a role that can take snapshots without SELECT on any table (--grants)",
    )
    .option(
      '--source <url>',
      'production, or a replica; its tables are used in the example suite (default: REGRESS_SOURCE_URL)',
    )
    .option('--schema <step>', "a .sql file or a command that builds the branch's schema (default: guessed)")
    .addOption(
      new Option(
        '--dump-schema',
        "write the source's schema to db/schema.sql with pg_dump, for a project without a schema",
      ).conflicts('schema'),
    )
    .option('--suites <folder>', 'folder of the suites (default: suites)')
    .addOption(
      new Option(
        '--workflow [system]',
        'CI system to write a job for, github or gitlab (default: the one the repository seems to use)',
      ).choices(['github', 'gitlab'] satisfies readonly Forge[]),
    )
    .option('--no-workflow', 'do not write a CI job')
    .option('--yes', 'do not prompt (the default in CI and without a terminal)')
    .option('--grants', 'write no files, and print SQL that a superuser runs with psql')
    .option('--owner', 'with --grants: print SQL for the owner of the tables, on services without a superuser')
    .option('--role <name>', 'role that takes snapshots; the SQL creates it if it does not exist', 'regress_reader')
    .addHelpText(
      'after',
      example(
        'regress init --source postgresql://reader@replica/shop --schema db/schema.sql --workflow',
        'regress init --grants --role regress_reader | psql postgresql://postgres@production/shop',
      ),
    )
    .action(async (_, command: Command) => {
      const { init } = await import('./init/index.ts');
      setStatus(await init(command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareSnapshot(program: Command, setStatus: SetStatus): void {
  program
    .command('snapshot')
    .description("read the planner's statistics from production, or a replica, into a directory")
    .option('--source <url>', 'database to read (default: source.url, REGRESS_SOURCE_URL)')
    .option('--out <directory>', 'directory to write (default: snapshot of the configuration)')
    .option('--no-values', 'leave out all column values; plans are then less exact')
    .option('--allow-partial', 'write the snapshot even if the role cannot read everything')
    .option('--plans', "also store production's own plans of the suites, for check to compare with")
    .option('--system-catalogs', 'also read the statistics of system catalogs, for queries on them')
    .option('--print-sql', 'print the statements that would be sent, without sending them')
    .addHelpText(
      'after',
      example('regress snapshot --source postgresql://reader@replica/shop --out snapshots/production'),
    )
    .action(async (_, command: Command) => {
      const { snapshot } = await import('./snapshot.ts');
      setStatus(await snapshot(command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareImport(program: Command, setStatus: SetStatus): void {
  program
    .command('import')
    .description("add new queries from the source's pg_stat_statements to a suite; existing queries stay unchanged")
    .option('--source <url>', 'database to read (default: source.url, REGRESS_SOURCE_URL)')
    .option('--out <file>', 'suite to add to (default: imported.yaml in the folder of suites)')
    .option('--top <number>', 'take at most this many queries', toCount, 50)
    .addOption(
      new Option('--by <column>', 'column to rank queries by')
        .choices(['total_exec_time', 'calls', 'mean_exec_time'])
        .default('total_exec_time'),
    )
    .option('--matching <regex>', 'add only queries whose text matches (case-insensitive)', toPattern)
    .option('--min-calls <number>', 'add only queries that were called at least this often', toCount, 1)
    .option('--catalogs', "also add queries that read only PostgreSQL's catalogs")
    .addHelpText('after', example('regress import --source postgresql://reader@replica/shop --top 100 --by calls'))
    .action(async (_, command: Command) => {
      const { importQueries } = await import('./collect/import.ts');
      setStatus(await importQueries(command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareVerify(program: Command, setStatus: SetStatus): void {
  planningOptions(program.command('verify'))
    .argument('[patterns...]', 'queries or suite files to compare (default: all)')
    .description(
      'plan every query on the source (read-only) and on the target, and report whether the plans are identical',
    )
    .option('--source <url>', 'database the snapshot was taken from (default: source.url, REGRESS_SOURCE_URL)')
    .option(
      '--tolerance <ratio>',
      'treat costs and rows that differ by up to this ratio as identical, such as 0.01',
      toRatio,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('regress verify --source postgresql://reader@replica/shop'))
    .action(async (patterns: string[], _, command: Command) => {
      const { verify } = await import('./verify.ts');
      setStatus(await verify(patterns, command.opts(), globalOptions(command), await contextOf(command)));
    });
}

export function declareDoctor(program: Command, setStatus: SetStatus): void {
  program
    .command('doctor')
    .description('diagnose source and target and print fixes (read-only)')
    .option('--source <url>', 'source to diagnose (default: source.url, REGRESS_SOURCE_URL)')
    .option('--target <url>', 'target to diagnose (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--snapshot <directory>', 'snapshot to compare both with (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL for the throwaway server')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('regress doctor --source postgresql://reader@replica/shop'))
    .action(async (_, command: Command) => {
      const { doctor } = await import('./doctor/index.ts');
      setStatus(await doctor(command.opts(), globalOptions(command), await contextOf(command)));
    });
}
