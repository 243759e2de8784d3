import { type Command, Option } from 'commander';
import type { Forge } from './init/workflow.ts';
import { contextOf, type Ends, example, globals, planningOptions } from './terminal/declaring.ts';
import { toCount, toPattern, toRatio } from './terminal/option-values.ts';

/** Declares the commands that read production, or are about reading it. */

export function declareInit(program: Command, ends: Ends): void {
  program
    .command('init')
    .description(
      'write regress.yaml, an example suite and a CI workflow, asking on a terminal for what no option says; or print the SQL that lets a role read what a snapshot needs, and select from no table (--grants)',
    )
    .option(
      '--source <url>',
      'production, or a replica: its tables become the example suite (default: REGRESS_SOURCE_URL)',
    )
    .option(
      '--schema <step>',
      'what builds the schema of the branch: a file that ends in .sql, or a command (default: guessed)',
    )
    .addOption(
      new Option(
        '--dump-schema',
        "write the source's schema to db/schema.sql with pg_dump, where the project has none",
      ).conflicts('schema'),
    )
    .option('--suites <folder>', 'folder of the suites (default: suites)')
    .addOption(
      new Option(
        '--workflow [system]',
        'CI to write a job for, github or gitlab (default: the one the repository seems to use)',
      ).choices(['github', 'gitlab'] satisfies readonly Forge[]),
    )
    .option('--no-workflow', 'write no job for a CI')
    .option('--yes', 'ask nothing; nothing is asked in CI and without a terminal either')
    .option('--grants', 'write no file, and print the SQL; for a superuser to run with psql')
    .option('--owner', 'with --grants: for the owner of the tables instead, on services where nobody is a superuser')
    .option('--role <name>', 'role that takes snapshots; made where it is missing', 'regress_reader')
    .addHelpText(
      'after',
      example(
        'regress init --source postgresql://reader@replica/shop --schema db/schema.sql --workflow',
        'regress init --grants --role regress_reader | psql postgresql://postgres@production/shop',
      ),
    )
    .action(async (_, command: Command) => {
      const { init } = await import('./init/index.ts');
      ends(await init(command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareSnapshot(program: Command, ends: Ends): void {
  program
    .command('snapshot')
    .description("read the planner's statistics from production, or a replica, into a directory")
    .option('--source <url>', 'database to read (default: source.url, REGRESS_SOURCE_URL)')
    .option('--out <directory>', 'directory to write (default: snapshot of the configuration)')
    .option('--no-values', 'leave out everything that is a value of a column; plans are then less exact')
    .option('--allow-partial', 'write the snapshot even where the role cannot read everything')
    .option('--plans', 'also take the plans production makes of the suites, which check then compares with')
    .option('--system-catalogs', 'also read the statistics of the system catalogs, for queries that read those')
    .option('--print-sql', 'print the statements that would be sent, and send none')
    .addHelpText(
      'after',
      example('regress snapshot --source postgresql://reader@replica/shop --out snapshots/production'),
    )
    .action(async (_, command: Command) => {
      const { snapshot } = await import('./snapshot.ts');
      ends(await snapshot(command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareImport(program: Command, ends: Ends): void {
  program
    .command('import')
    .description(
      'make a suite of the queries that pg_stat_statements of the source has; adds what is new, changes nothing else',
    )
    .option('--source <url>', 'database to read (default: source.url, REGRESS_SOURCE_URL)')
    .option('--out <file>', 'suite to write (default: imported.yaml in the folder of suites)')
    .option('--top <number>', 'take as many queries', toCount, 50)
    .addOption(
      new Option('--by <column>', 'what ranks them')
        .choices(['total_exec_time', 'calls', 'mean_exec_time'])
        .default('total_exec_time'),
    )
    .option('--matching <regex>', 'take only queries whose text matches, whatever its case', toPattern)
    .option('--min-calls <number>', 'take only queries that were called as often', toCount, 1)
    .option('--catalogs', "take also queries that read no table but PostgreSQL's catalogs")
    .addHelpText('after', example('regress import --source postgresql://reader@replica/shop --top 100 --by calls'))
    .action(async (_, command: Command) => {
      const { importQueries } = await import('./collect/import.ts');
      ends(await importQueries(command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareVerify(program: Command, ends: Ends): void {
  planningOptions(program.command('verify'))
    .argument('[patterns...]', 'queries or suite files to compare (default: all)')
    .description(
      'plan every query on the source, read only, and on the target, and say whether the plans are identical',
    )
    .option('--source <url>', 'database the snapshot is of (default: source.url, REGRESS_SOURCE_URL)')
    .option('--tolerance <ratio>', 'take costs and rows up to this ratio apart for identical, such as 0.01', toRatio)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('regress verify --source postgresql://reader@replica/shop'))
    .action(async (patterns: string[], _, command: Command) => {
      const { verify } = await import('./verify.ts');
      ends(await verify(patterns, command.opts(), globals(command), await contextOf(command)));
    });
}

export function declareDoctor(program: Command, ends: Ends): void {
  program
    .command('doctor')
    .description('say of the source and the target what works, what does not, and what mends it; changes neither')
    .option('--source <url>', 'database to look at (default: source.url, REGRESS_SOURCE_URL)')
    .option('--target <url>', 'server to look at (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--snapshot <directory>', 'snapshot to compare both with (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL of the throwaway server')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('regress doctor --source postgresql://reader@replica/shop'))
    .action(async (_, command: Command) => {
      const { doctor } = await import('./doctor/index.ts');
      ends(await doctor(command.opts(), globals(command), await contextOf(command)));
    });
}
