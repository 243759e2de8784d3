import type { Command } from 'commander';
import { contextOf, example, globalOptions, type SetStatus } from './terminal/declaring.ts';
import { toCount } from './terminal/option-values.ts';

/** Declares `regress extension` and its subcommands. */
export function declareExtension(program: Command, setStatus: SetStatus): void {
  const extension = program
    .command('extension')
    .description('build or install the extension regress_planner, or print a Dockerfile that includes it')
    .addHelpText('after', example('regress extension install --pg-config /usr/lib/postgresql/17/bin/pg_config'));
  const subcommand = (name: string, description: string, last: string) =>
    extension.command(name).description(description).addHelpText('after', example(last));
  const installation = (command: Command) =>
    command
      .option('--pg-config <path>', 'pg_config of the PostgreSQL to build for (default: PG_CONFIG, PATH, usual places)')
      .option('--postgres <major>', 'major version of the PostgreSQL to build for, instead of --pg-config', toCount);
  installation(
    subcommand('build', 'build the library into the cache and print its path', 'regress extension build'),
  ).action(async (_, command: Command) => {
    const { build } = await import('./extension.ts');
    setStatus(await build(command.opts(), await contextOf(command)));
  });
  installation(
    subcommand(
      'install',
      'build the library and install it into a PostgreSQL on this machine',
      'regress extension install --postgres 17',
    ),
  )
    .option('--destdir <directory>', 'install below this directory instead, for packages and images')
    .action(async (_, command: Command) => {
      const { install } = await import('./extension.ts');
      setStatus(await install(command.opts(), await contextOf(command)));
    });
  subcommand(
    'dockerfile',
    "print a Dockerfile that adds the extension to PostgreSQL's image",
    'regress extension dockerfile --postgres 17 | docker build -t ci-postgres:17 -f - node_modules/regress-pg/extension',
  )
    .option('--postgres <major>', "major version of PostgreSQL (default: the snapshot's)", toCount)
    .action(async (_, command: Command) => {
      const { dockerfile } = await import('./extension.ts');
      setStatus(await dockerfile(command.opts(), globalOptions(command), await contextOf(command)));
    });
}
