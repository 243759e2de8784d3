import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Context, GlobalOptions } from './context.ts';
import { reporterOption } from './reporter-option.ts';
import { toSlice } from './slice.ts';
import { packageVersion } from './version.ts';

/** The command line. `run` resolves to the exit status: 0 clean, 1 regressions, 2 could not do its work. */
export function createProgram(): { run(argv: readonly string[]): Promise<number> } {
  let status = 0;
  const program = new Command('regress')
    .description(
      'Makes an empty CI database plan exactly as production does, and fails the build when a plan gets worse.',
    )
    .version(packageVersion())
    .option('--config <file>', 'configuration file (default: the nearest regress.yaml)')
    .option('--project <name>', 'project of a regress.yaml that has several (check: all)')
    .option('--color', 'colour even where stdout is no terminal')
    .option('--no-color', 'no colour')
    .option('--quiet', 'only results, warnings and errors')
    .option('--verbose', 'also plans that are as accepted')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(regress --help lists commands and options)')
    .addHelpText('after', example('regress check', 'regress help check'))
    .exitOverride();
  const ends = (code: number) => {
    status = code;
  };
  declareInit(program, ends);
  declareSnapshot(program, ends);
  declareRestore(program, ends);
  declareCheck(program, ends);
  declareReport(program, ends);
  declareUpdate(program, ends);
  declareNoise(program, ends);
  declareVerify(program, ends);
  declareDoctor(program, ends);
  declareImport(program, ends);
  declareCapture(program, ends);
  declareExtension(program, ends);
  return {
    run: async (argv) => {
      try {
        await program.parseAsync([...argv]);
        return status;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? 0 : 2;
      }
    },
  };
}

type Ends = (status: number) => void;

function globals(command: Command): GlobalOptions {
  const options = command.optsWithGlobals();
  // commander's default for a negatable option is true; only a flag that was given decides.
  const given = command.getOptionValueSourceWithGlobals('color') === 'cli';
  const { color, ...others } = options;
  return given ? { ...others, color } : others;
}

/** Loaded with the command, so that --help answers at once. */
async function contextOf(command: Command): Promise<Context> {
  const { createContext } = await import('./context.ts');
  return createContext(globals(command));
}

function declareInit(program: Command, ends: Ends): void {
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
    .option('--workflow', 'also write .github/workflows/regress.yml')
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
      const { init } = await import('./init.ts');
      ends(await init(command.opts(), globals(command), await contextOf(command)));
    });
}

function declareSnapshot(program: Command, ends: Ends): void {
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

function declareRestore(program: Command, ends: Ends): void {
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

function planningOptions(command: Command): Command {
  return command
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--snapshot <directory>', 'snapshot to plan with (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL of the throwaway server')
    .option('--allow-data', 'use also a database whose tables hold rows');
}

function declareCheck(program: Command, ends: Ends): void {
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

function declareReport(program: Command, ends: Ends): void {
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

function declareUpdate(program: Command, ends: Ends): void {
  planningOptions(program.command('update'))
    .argument('[patterns...]', 'queries or suite files whose plans are accepted')
    .description('accept the plans of the named queries as their baselines')
    .option('--all', 'accept every plan, and remove baselines that have no query any more')
    .option('--reason <text>', 'why the change is wanted; kept in the baseline')
    .option('--from <file>', 'accept the plans of a JSON report of check; nothing is planned, no PostgreSQL is needed')
    .option('--allow-ci', 'write baselines also in CI')
    .addHelpText('after', example("regress update recent-orders --reason 'the new index serves the dashboard'"))
    .action(async (patterns: string[], _, command: Command) => {
      const { update } = await import('./update.ts');
      ends(await update(patterns, command.opts(), globals(command), await contextOf(command)));
    });
}

function declareNoise(program: Command, ends: Ends): void {
  program
    .command('noise')
    .argument('<snapshots...>', 'two or more snapshots of the same data, with an ANALYZE before each')
    .description(
      'keep with each baseline how far its figures move by the luck of ANALYZE, so that no check fails of it',
    )
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL of the throwaway server')
    .option('--allow-data', 'use also a database whose tables hold rows')
    .option('--allow-ci', 'write baselines also in CI')
    .addHelpText('after', example('regress noise snapshots/production /tmp/again-1 /tmp/again-2 /tmp/again-3'))
    .action(async (snapshots: string[], _, command: Command) => {
      const { noise } = await import('./noise.ts');
      ends(await noise(snapshots, command.opts(), globals(command), await contextOf(command)));
    });
}

function declareVerify(program: Command, ends: Ends): void {
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

function declareDoctor(program: Command, ends: Ends): void {
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
      const { doctor } = await import('./doctor.ts');
      ends(await doctor(command.opts(), globals(command), await contextOf(command)));
    });
}

function declareImport(program: Command, ends: Ends): void {
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
      const { importQueries } = await import('./import.ts');
      ends(await importQueries(command.opts(), globals(command), await contextOf(command)));
    });
}

function declareCapture(program: Command, ends: Ends): void {
  planningOptions(program.command('capture'))
    .argument('<command...>', 'what runs the tests; it gets PG* and DATABASE_URL of the database')
    .description('run tests on a database of the branch and add the queries they sent to a suite; changes nothing else')
    .option('--out <file>', 'suite to write (default: captured.yaml in the folder of suites)')
    .option('--matching <regex>', 'take only queries whose text matches, whatever its case', toPattern)
    .option('--catalogs', "take also queries that read no table but PostgreSQL's catalogs")
    .addHelpText('after', example('regress capture -- npm test'))
    .action(async (words: string[], _, command: Command) => {
      const { capture } = await import('./capture.ts');
      ends(await capture(words, command.opts(), globals(command), await contextOf(command)));
    });
}

function declareExtension(program: Command, ends: Ends): void {
  const extension = program
    .command('extension')
    .description('build the extension regress_planner, install it, or print a Dockerfile with it')
    .addHelpText('after', example('regress extension install --pg-config /usr/lib/postgresql/17/bin/pg_config'));
  const subcommand = (name: string, description: string, last: string) =>
    extension.command(name).description(description).addHelpText('after', example(last));
  const installation = (command: Command) =>
    command
      .option('--pg-config <path>', 'pg_config of the PostgreSQL it is for (default: PG_CONFIG, PATH, known places)')
      .option('--postgres <major>', 'the same by its major version', toCount);
  installation(
    subcommand('build', 'build the library into the cache and print its path', 'regress extension build'),
  ).action(async (_, command: Command) => {
    const { build } = await import('./extension.ts');
    ends(await build(command.opts(), await contextOf(command)));
  });
  installation(
    subcommand(
      'install',
      'build it and install it into a PostgreSQL of this machine',
      'regress extension install --postgres 17',
    ),
  )
    .option('--destdir <directory>', 'install below this directory instead, for packages and images')
    .action(async (_, command: Command) => {
      const { install } = await import('./extension.ts');
      ends(await install(command.opts(), await contextOf(command)));
    });
  subcommand(
    'dockerfile',
    "print a Dockerfile of PostgreSQL's image with the extension",
    'regress extension dockerfile --postgres 17 | docker build -t ci-postgres:17 -f - node_modules/regress-pg/extension',
  )
    .option('--postgres <major>', "major version of PostgreSQL (default: the snapshot's)", toCount)
    .action(async (_, command: Command) => {
      const { dockerfile } = await import('./extension.ts');
      ends(await dockerfile(command.opts(), globals(command), await contextOf(command)));
    });
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on');
  return Number(text);
}

function toPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function toRatio(text: string): number {
  const ratio = Number(text);
  if (text.trim() === '' || !(ratio >= 0 && ratio < 1)) throw new InvalidArgumentError('a ratio is from 0 to below 1');
  return ratio;
}

function example(...commands: string[]): string {
  return `\nExample${commands.length === 1 ? '' : 's'}:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}
